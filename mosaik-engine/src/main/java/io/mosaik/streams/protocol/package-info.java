/**
 * What travels on a link between a consumer and a producer.
 *
 * <p>A consumer dials and asks with {@link io.mosaik.streams.protocol.StreamMessage.Subscribe}; an
 * admitted one is answered {@link io.mosaik.streams.protocol.StreamMessage.Accepted} and then gets
 * {@link io.mosaik.streams.protocol.DatumBatch}es as far as its credit goes; a refused one hears
 * one of {@link io.mosaik.streams.protocol.StreamCloseReasons}. Internal: applications use {@link
 * io.mosaik.streams}'s own types. Start reading at {@link
 * io.mosaik.streams.protocol.StreamMessage}.
 */
@NullMarked
package io.mosaik.streams.protocol;

import org.jspecify.annotations.NullMarked;
