package io.mosaik.streams;

import io.mosaik.runtime.Platform;
import io.mosaik.wire.BinaryReader;

/** Numbers that nobody else draws. */
final class RandomIds {

  private RandomIds() {}

  static long next(Platform platform) {
    return new BinaryReader(platform.randomBytes(Long.BYTES)).i64();
  }
}
