/**
 * What two catalogs lack of each other, found at a cost that follows the difference.
 *
 * <p>Both sides cut the key space into ranges and compare one fingerprint for each; only of ranges
 * that differ the versions are listed, and only what one side lacks is sent. {@link
 * io.mosaik.discovery.sync.SyncCore} is the pure core of both sides of an exchange; {@link
 * io.mosaik.discovery.sync.SyncMessage} is what travels.
 */
@NullMarked
package io.mosaik.discovery.sync;

import org.jspecify.annotations.NullMarked;
