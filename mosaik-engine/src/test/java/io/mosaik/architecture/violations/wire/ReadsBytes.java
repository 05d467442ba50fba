package io.mosaik.architecture.violations.wire;

import io.mosaik.wire.BinaryReader;

final class ReadsBytes {

  private ReadsBytes() {}

  static int first(byte[] bytes) {
    return new BinaryReader(bytes).u8();
  }
}
