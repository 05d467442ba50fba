package io.mosaik.architecture.violations.wire;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;

record HoldsACodec(int number) {

  static final Codec<HoldsACodec> CODEC =
      new Codec<>() {
        @Override
        public void encode(HoldsACodec value, BinaryWriter out) {
          out.u8(value.number);
        }

        @Override
        public HoldsACodec decode(BinaryReader in) {
          return new HoldsACodec(in.u8());
        }
      };
}
