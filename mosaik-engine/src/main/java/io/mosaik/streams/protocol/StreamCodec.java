package io.mosaik.streams.protocol;

import io.mosaik.discovery.EntryVersion;
import io.mosaik.id.Digest;
import io.mosaik.id.StoreId;
import io.mosaik.id.StreamId;
import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.criteria.CriteriaCodec;
import io.mosaik.streams.protocol.StreamMessage.Accepted;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.streams.protocol.StreamMessage.From;
import io.mosaik.streams.protocol.StreamMessage.State;
import io.mosaik.streams.protocol.StreamMessage.StatePart;
import io.mosaik.streams.protocol.StreamMessage.Subscribe;
import io.mosaik.streams.protocol.StreamMessage.Taken;
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
  private static final int SUBSCRIBE_WITH = 6;
  private static final int TAKEN = 7;

  /** What a subscription with more than criteria says, as bits. */
  private static final int WITH_CRITERIA = 1;

  private static final int FROM_EARLIEST = 2;
  private static final int FROM_POSITION = 4;
  private static final int SHARED = 8;
  private static final int WITH_STATE = 16;

  private static final int STATE = 8;
  private static final int STATE_PART = 9;

  private static final CriteriaCodec CRITERIA = new CriteriaCodec();

  @Override
  public void encode(StreamMessage message, BinaryWriter out) {
    switch (message) {
      case Subscribe subscribe -> {
        Criteria criteria = subscribe.criteria();
        int options = options(subscribe);
        out.u8(
            options == 0 ? SUBSCRIBE : options == WITH_CRITERIA ? SUBSCRIBE_WHERE : SUBSCRIBE_WITH);
        out.raw(subscribe.stream().digest().toBytes());
        out.i64(subscribe.consumer());
        out.i64(subscribe.entry().startMs()).i64(subscribe.entry().updateMs());
        encode(subscribe.credit(), out);
        if (options > WITH_CRITERIA) {
          out.u8(options);
        }
        if (criteria != null) {
          out.bytes(CRITERIA.toBytes(criteria));
        }
        if (subscribe.from() instanceof From.Position position) {
          out.i64(position.incarnation()).varint(position.nextSequence());
        }
        if (subscribe.shareGroup() != null) {
          out.string(subscribe.shareGroup());
        }
        StoreId fold = subscribe.fold();
        if (fold != null) {
          out.raw(fold.digest().toBytes());
        }
      }
      case Credit credit -> encode(credit, out.u8(CREDIT));
      case Taken taken -> out.u8(TAKEN).varint(taken.datums());
      case Accepted accepted ->
          out.u8(ACCEPTED).i64(accepted.incarnation()).varint(accepted.nextSequence());
      case State state -> out.u8(STATE).varint(state.totalBytes()).raw(state.digest().toBytes());
      case StatePart part -> out.u8(STATE_PART).raw(part.bytes());
      case DatumBatch batch -> batch.encode(out);
    }
  }

  private static int options(Subscribe subscribe) {
    int from =
        switch (subscribe.from()) {
          case From.Now now -> 0;
          case From.Earliest earliest -> FROM_EARLIEST;
          case From.Position position -> FROM_POSITION;
        };
    return from
        | (subscribe.criteria() == null ? 0 : WITH_CRITERIA)
        | (subscribe.shareGroup() == null ? 0 : SHARED)
        | (subscribe.fold() == null ? 0 : WITH_STATE);
  }

  private static void encode(Credit credit, BinaryWriter out) {
    out.varint(credit.datums()).varint(credit.bytes());
  }

  @Override
  public StreamMessage decode(BinaryReader in) {
    int tag = in.u8();
    return switch (tag) {
      case SUBSCRIBE, SUBSCRIBE_WHERE, SUBSCRIBE_WITH -> decodeSubscribe(in, tag);
      case TAKEN -> new Taken(in.varint());
      case CREDIT -> decodeCredit(in);
      case ACCEPTED -> new Accepted(in.i64(), in.varint());
      case STATE -> new State(in.varint(), digest(in));
      case STATE_PART -> decodeStatePart(in);
      case DATA -> DatumBatch.decode(in);
      default -> throw new MalformedException("a stream message of the unknown kind " + tag);
    };
  }

  private static Subscribe decodeSubscribe(BinaryReader in, int tag) {
    var stream = new StreamId(digest(in));
    long consumer = in.i64();
    var entry = new EntryVersion(in.i64(), in.i64());
    Credit credit = decodeCredit(in);
    credit.checkAhead(0, 0);
    int options =
        switch (tag) {
          case SUBSCRIBE -> 0;
          case SUBSCRIBE_WHERE -> WITH_CRITERIA;
          default -> in.u8();
        };
    Criteria criteria =
        (options & WITH_CRITERIA) == 0
            ? null
            : CRITERIA.fromBytes(in.bytes(Subscribe.MAX_CRITERIA_BYTES));
    boolean withState = (options & WITH_STATE) != 0;
    if (withState && (options & (WITH_CRITERIA | SHARED)) != 0) {
      throw new MalformedException("a state of a part of the datums");
    }
    From from = decodeFrom(options & ~WITH_CRITERIA & ~WITH_STATE, in);
    String shareGroup = (options & SHARED) == 0 ? null : in.string(Subscribe.MAX_SHARE_GROUP_BYTES);
    StoreId fold = withState ? new StoreId(digest(in)) : null;
    return new Subscribe(stream, consumer, entry, credit, criteria, from, shareGroup, fold);
  }

  /** A share of the datums is always of what is new. */
  private static From decodeFrom(int options, BinaryReader in) {
    return switch (options) {
      case 0, SHARED -> From.NOW;
      case FROM_EARLIEST -> From.EARLIEST;
      case FROM_POSITION -> new From.Position(in.i64(), in.varint());
      default -> throw new MalformedException("a subscription with the options " + options);
    };
  }

  private static Digest digest(BinaryReader in) {
    return Digest.ofBytes(in.raw(Digest.LENGTH));
  }

  private static StatePart decodeStatePart(BinaryReader in) {
    if (in.remaining() == 0 || in.remaining() > StatePart.MAX_BYTES) {
      throw new MalformedException("a part of a state of " + in.remaining() + " bytes");
    }
    return new StatePart(in.rest());
  }

  private static Credit decodeCredit(BinaryReader in) {
    return new Credit(in.varint(), in.varint());
  }
}
