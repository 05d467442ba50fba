package io.mosaik.streams.protocol;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.Digest;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.criteria.CriteriaCodec;
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
  private static final int SUBSCRIBE_WHERE = 5;

  private static final CriteriaCodec CRITERIA = new CriteriaCodec();

  @Override
  public void encode(StreamMessage message, BinaryWriter out) {
    switch (message) {
      case Subscribe subscribe -> {
        Criteria criteria = subscribe.criteria();
        out.u8(criteria == null ? SUBSCRIBE : SUBSCRIBE_WHERE);
        out.raw(subscribe.stream().digest().toBytes());
        out.i64(subscribe.consumer());
        out.i64(subscribe.entry().startMs()).i64(subscribe.entry().updateMs());
        encode(subscribe.credit(), out);
        if (criteria != null) {
          out.bytes(CRITERIA.toBytes(criteria));
        }
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
      case SUBSCRIBE -> decodeSubscribe(in, false);
      case SUBSCRIBE_WHERE -> decodeSubscribe(in, true);
      case CREDIT -> decodeCredit(in);
      case ACCEPTED -> new Accepted(in.i64(), in.varint());
      case DATA -> DatumBatch.decode(in);
      default -> throw new MalformedException("a stream message of the unknown kind " + tag);
    };
  }

  private static Subscribe decodeSubscribe(BinaryReader in, boolean withCriteria) {
    var subscribe =
        new Subscribe(
            new StreamId(Digest.ofBytes(in.raw(Digest.LENGTH))),
            in.i64(),
            new EntryVersion(in.i64(), in.i64()),
            decodeCredit(in),
            withCriteria ? CRITERIA.fromBytes(in.bytes(Subscribe.MAX_CRITERIA_BYTES)) : null);
    subscribe.credit().checkAhead(0, 0);
    return subscribe;
  }

  private static Credit decodeCredit(BinaryReader in) {
    return new Credit(in.varint(), in.varint());
  }
}
