/**
 * Names and keys: 32-byte digests with a type for each thing they name, and Ed25519 identities.
 *
 * <p>Everything in a network is named by a BLAKE3 {@link io.mosaik.id.Digest}; each kind of name
 * has a type of its own, so that a {@link io.mosaik.id.Tag} can't be passed where a {@link
 * io.mosaik.id.StreamId} is asked. A node is its {@link io.mosaik.id.PeerId}, the public half of a
 * {@link io.mosaik.id.SecretKey}. Start reading at {@link io.mosaik.id.Digest}.
 */
@NullMarked
package io.mosaik.id;

import org.jspecify.annotations.NullMarked;
