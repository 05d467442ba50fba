package io.mosaik.groups.bond;

import io.mosaik.discovery.SignedPeerEntry;
import io.mosaik.groups.bond.BondMessage.Accept;
import io.mosaik.groups.bond.BondMessage.Alive;
import io.mosaik.groups.bond.BondMessage.Departure;
import io.mosaik.groups.bond.BondMessage.EntryUpdate;
import io.mosaik.groups.bond.BondMessage.Formed;
import io.mosaik.groups.bond.BondMessage.Payload;
import io.mosaik.groups.bond.BondMessage.Start;
import io.mosaik.id.Digest;
import io.mosaik.id.GroupId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of bond messages: a kind (one byte), then what the kind has.
 *
 * @param <P> what the group itself says
 */
public final class BondCodec<P> implements Codec<BondMessage<P>> {

  private static final int START = 1;
  private static final int ACCEPT = 2;
  private static final int ALIVE = 3;
  private static final int DEPARTURE = 4;
  private static final int ENTRY_UPDATE = 5;
  private static final int FORMED = 6;
  private static final int PAYLOAD = 7;

  /** A signature and some bytes. */
  private static final int LEAST_ENTRY_BYTES = 64;

  private final Codec<P> payloadCodec;
  private final Codec<SignedPeerEntry> entryCodec;

  /** Over the codec of what the group says. */
  public BondCodec(Codec<P> payloadCodec, Codec<SignedPeerEntry> entryCodec) {
    this.payloadCodec = payloadCodec;
    this.entryCodec = entryCodec;
  }

  @Override
  public void encode(BondMessage<P> message, BinaryWriter out) {
    switch (message) {
      case Start<P> start -> {
        out.u8(START).raw(start.group().digest().toBytes()).raw(start.proof());
        encode(start.introduction(), out);
      }
      case Accept<P> accept -> {
        out.u8(ACCEPT).raw(accept.proof());
        encode(accept.introduction(), out);
      }
      case Alive<P> alive -> out.u8(ALIVE);
      case Departure<P> departure -> out.u8(DEPARTURE);
      case EntryUpdate<P> update -> out.u8(ENTRY_UPDATE).value(update.entry(), entryCodec);
      case Formed<P> formed -> out.u8(FORMED).value(formed.entry(), entryCodec);
      case Payload<P> payload -> out.u8(PAYLOAD).value(payload.value(), payloadCodec);
    }
  }

  private void encode(Introduction introduction, BinaryWriter out) {
    out.i64(introduction.incarnation()).i64(introduction.session()).bool(introduction.observer());
    out.value(introduction.self(), entryCodec);
    out.varint(introduction.bonds().size());
    for (SignedPeerEntry entry : introduction.bonds()) {
      out.value(entry, entryCodec);
    }
  }

  @Override
  public BondMessage<P> decode(BinaryReader in) {
    int kind = in.u8();
    return switch (kind) {
      case START -> {
        var group = new GroupId(Digest.ofBytes(in.raw(Digest.LENGTH)));
        yield new Start<>(group, in.raw(BondProof.BYTES), decodeIntroduction(in));
      }
      case ACCEPT -> new Accept<>(in.raw(BondProof.BYTES), decodeIntroduction(in));
      case ALIVE -> new Alive<>();
      case DEPARTURE -> new Departure<>();
      case ENTRY_UPDATE -> new EntryUpdate<>(in.value(entryCodec));
      case FORMED -> new Formed<>(in.value(entryCodec));
      case PAYLOAD -> new Payload<>(in.value(payloadCodec));
      default -> throw new MalformedException("a bond message of the unknown kind " + kind);
    };
  }

  private Introduction decodeIntroduction(BinaryReader in) {
    long incarnation = in.i64();
    long session = in.i64();
    boolean observer = in.bool();
    SignedPeerEntry self = in.value(entryCodec);
    int count = in.count(Introduction.MAX_BONDS, LEAST_ENTRY_BYTES);
    List<SignedPeerEntry> bonds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      bonds.add(in.value(entryCodec));
    }
    return new Introduction(incarnation, session, observer, self, bonds);
  }
}
