/**
 * How everything is written as bytes: big-endian integers, LEB128 counts, length-prefixed frames.
 *
 * <p>{@link io.mosaik.wire.BinaryWriter} and {@link io.mosaik.wire.BinaryReader} are the only way
 * in and out; a {@link io.mosaik.wire.Codec} turns one type into bytes with them; a {@link
 * io.mosaik.wire.Frame} is an encoded message that any number of receivers share. Whatever is read
 * is hostile until it is decoded: the reader checks each length and count against what is there
 * before anything is allocated, and answers with {@link io.mosaik.wire.MalformedException}.
 */
@NullMarked
package io.mosaik.wire;

import org.jspecify.annotations.NullMarked;
