package io.mosaik.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mosaik.wire.DecoderContract;
import io.mosaik.wire.Decodes;
import io.mosaik.wire.Frame;
import io.mosaik.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames in the pieces that a stream comes in: the first byte of the input says how long. */
@Decodes(FrameReader.class)
final class FrameFuzzTest {

  private static final int MOST_BYTES = 300_000;

  /** What a reader takes at once, before any byte of the frame has come. */
  private static final int FIRST_BYTES = 128 * 1024;

  static Stream<byte[]> streams() {
    return Stream.of(
            "03" + "00000000" + "00000002aabb" + "0000000101" + "00000003cc",
            "01" + "000493e0" + "aa", // as long as is allowed
            "40" + "000493e1" + "aa", // longer
            "ff" + "ffffffff")
        .map(HexFormat.of()::parseHex);
  }

  @MethodSource("streams")
  @FuzzTest
  void the_same_frames_come_out_whatever_the_pieces(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int piece = 1 + (input[0] & 0xff);
    DecoderContract.allocatesLittle(
        input.length + FIRST_BYTES / 32, () -> read(input, piece, new ArrayList<>()));
    var whole = new ArrayList<byte[]>();
    var inPieces = new ArrayList<byte[]>();
    boolean good = read(input, input.length, whole);
    assertThat(read(input, piece, inPieces)).isEqualTo(good);
    assertThat(inPieces).usingRecursiveComparison().isEqualTo(whole);
    ByteBuf expected = Unpooled.buffer();
    whole.forEach(frame -> expected.writeBytes(Frame.of(frame).toWire()));
    assertThat(Unpooled.wrappedBuffer(input, 1, expected.readableBytes())).isEqualTo(expected);
  }

  /** Whether no frame was refused. */
  private static boolean read(byte[] input, int piece, List<byte[]> frames) {
    var reader = new FrameReader(MOST_BYTES);
    ByteBuf wire = Unpooled.wrappedBuffer(input, 1, input.length - 1);
    try {
      while (wire.isReadable()) {
        ByteBuf part = wire.readSlice(Math.min(piece, wire.readableBytes()));
        for (byte[] frame = reader.read(part); frame != null; frame = reader.read(part)) {
          frames.add(frame);
        }
      }
      return true;
    } catch (MalformedException refused) {
      return false;
    }
  }
}
