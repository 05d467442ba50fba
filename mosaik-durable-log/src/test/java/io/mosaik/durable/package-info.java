/** The durable log, on a disk that behaves as badly as disks may, and in processes that die. */
@NullMarked
package io.mosaik.durable;

import org.jspecify.annotations.NullMarked;
