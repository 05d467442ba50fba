/**
 * The door to time, randomness and threads.
 *
 * <p>A {@link io.mosaik.runtime.Platform} hands out the {@link io.mosaik.runtime.Clock}, seeded
 * randomness and {@link io.mosaik.runtime.Strand}s, the serial executors on which every worker of
 * the engine runs. Nothing outside this package, the QUIC transport and the Spring modules asks the
 * system for any of them, which is why the same code runs in virtual time. State that others read
 * is published through a {@link io.mosaik.runtime.Watch}. Start reading at {@link
 * io.mosaik.runtime.Strand}.
 */
@NullMarked
package io.mosaik.runtime;

import org.jspecify.annotations.NullMarked;
