package io.mosaik.streams.protocol;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.Digest;
import io.mosaik.id.StreamId;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.Subscribe;
import io.mosaik.transport.Protocol;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;

/** The messages as bytes: a tag, then the fields in order. */
public final class StreamCodec implements Codec<StreamMessage> {

  /** {@code /mosaik/streams/1.0}. */
  public static final Protocol<StreamMessage> PROTOCOL =
      new Protocol<>("/mosaik/streams/1.0", 1, new StreamCodec());

  private static final int SUBSCRIBE = 1;
  private static final int CREDIT = 2;
  private static final int ACCEPTED = 3;
  private static final int DATA = DatumBatch.TAG;

  @Override
  public void encode(StreamMessage message, BinaryWriter out) {
    switch (message) {
      case Subscribe subscribe -> {
        out.u8(SUBSCRIBE).raw(subscribe.stream().digest().toBytes());
        out.i64(subscribe.consumer());
        out.i64(subscribe.entry().startMs()).i64(subscribe.entry().updateMs());
        encode(subscribe.credit(), out);
      }
      case Credit credit -> encode(credit, out.u8(CREDIT));
      case Accepted accepted ->
          out.u8(ACCEPTED).i64(accepted.incarnation()).varint(accepted.nextSequence());
      case DatumBatch batch -> batch.encode(out);
    }
  }

  private static void encode(Credit credit, BinaryWriter out) {
    out.varint(credit.datums()).varint(credit.bytes());
  }

  @Override
  public StreamMessage decode(BinaryReader in) {
    int tag = in.u8();
    return switch (tag) {
      case SUBSCRIBE -> {
        var subscribe =
            new Subscribe(
                new StreamId(Digest.ofBytes(in.raw(Digest.LENGTH))),
                in.i64(),
                new EntryVersion(in.i64(), in.i64()),
                decodeCredit(in));
        subscribe.credit().checkAhead(0, 0);
        yield subscribe;
      }
      case CREDIT -> decodeCredit(in);
      case ACCEPTED -> new Accepted(in.i64(), in.varint());
      case DATA -> DatumBatch.decode(in);
      default -> throw new MalformedException("a stream message of the unknown kind " + tag);
    };
  }

  private static Credit decodeCredit(BinaryReader in) {
    return new Credit(in.varint(), in.varint());
  }
}
