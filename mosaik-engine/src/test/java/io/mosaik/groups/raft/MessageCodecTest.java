package io.mosaik.groups.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.Digest;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.MalformedException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bytes of consensus messages, and what is refused before it costs anything. */
final class MessageCodecTest {

  private static final Lineage LINEAGE = Lineage.ofBytes(filled(32, 0xaa));
  private static final Lineage OTHER = Lineage.ofBytes(filled(32, 0xbb));
  private static final Member ONE = new Member(PeerId.ofBytes(filled(32, 1)), 0x1122334455667788L);
  private static final Member TWO = new Member(PeerId.ofBytes(filled(32, 2)), -1);
  private static final Origin ORIGIN = new Origin(ONE.peer(), 5);
  private static final LogPosition POSITION = new LogPosition(3, 300);

  private static final SnapshotManifest SNAPSHOT =
      new SnapshotManifest(
          LINEAGE,
          POSITION,
          Committee.of(List.of(ONE, TWO)),
          7,
          SnapshotManifest.CHUNK_BYTES + 1L,
          List.of(Digest.ofName("a"), Digest.ofName("b")));

  private static byte[] filled(int length, int value) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static List<Message> examples() {
    return List.of(
        new Message.VoteRequest(LINEAGE, 4, Message.Ballot.PRE_VOTE, POSITION),
        new Message.VoteRequest(LINEAGE, 4, Message.Ballot.HANDOVER, POSITION),
        new Message.VoteResponse(
            LINEAGE, 4, Message.Ballot.VOTE, 4, Message.Verdict.DENIED, true, TWO),
        new Message.VoteResponse(
            Lineage.NONE, 4, Message.Ballot.FORMATION, 4, Message.Verdict.GRANTED, false, null),
        new Message.AppendEntries(
            LINEAGE,
            4,
            POSITION,
            299,
            17,
            List.of(
                new Entry.Noop(3),
                new Entry.Command(3, ORIGIN, 9, new byte[] {1, 2, 3}),
                new Entry.SnapshotCut(4),
                new Entry.CommitteeChange(4, Committee.of(List.of(TWO, ONE))),
                new Entry.Freeze(4, LINEAGE),
                new Entry.Unfreeze(4),
                new Entry.Dissolve(4, LINEAGE),
                new Entry.Recovery(
                    4,
                    LINEAGE.recovered(1, new SplittableRandom(3)),
                    LINEAGE,
                    List.of(TWO),
                    Committee.of(List.of(ONE))))),
        new Message.AppendEntries(
            LINEAGE,
            1,
            LogPosition.START,
            0,
            1,
            List.of(new Entry.Formation(1, LINEAGE, Committee.of(List.of(ONE))))),
        new Message.AppendResponse(LINEAGE, 4, Message.Stored.GAP, POSITION, 17),
        new Message.LogRequest(LINEAGE, 4, POSITION),
        new Message.LogResponse(LINEAGE, 4, POSITION, POSITION, 300, List.of(new Entry.Noop(3))),
        new Message.SnapshotOffer(LINEAGE, 4, LogPosition.START, SNAPSHOT),
        new Message.Forward(LINEAGE, 4, 5, 2, 3, List.of(new byte[] {7})),
        new Message.ForwardResponse(LINEAGE, 4, 5, 1, 1, 301),
        new Message.ReadRequest(LINEAGE, 4, 77),
        new Message.ReadResponse(LINEAGE, 4, 77, true, 300),
        new Message.TimeoutNow(LINEAGE, 4),
        new Message.AppendResponse(LINEAGE, 4, Message.Stored.OBSERVED, POSITION, 17),
        new Message.Standing(LINEAGE, 4, 300, true),
        new Message.LineageQuery(LINEAGE, 4),
        new Message.LineageEnded(
            Lineage.NONE, 4, new EndedLineage(OTHER, LINEAGE, List.of(ONE, TWO))),
        new Message.StateQuery(LINEAGE, 4, 7, POSITION, List.of(ONE.peer())),
        new Message.StateReport(
            LINEAGE,
            4,
            OTHER,
            7,
            Message.Holding.ELSEWHERE,
            true,
            false,
            POSITION,
            POSITION,
            true,
            3,
            List.of(ONE)),
        new Message.EpochRequest(
            LINEAGE,
            4,
            POSITION,
            POSITION,
            List.of(ONE),
            new Promise(
                4, LINEAGE.recovered(1, new SplittableRandom(3)), List.of(TWO), List.of(ONE))),
        new Message.EpochResponse(LINEAGE, 5, 4, true));
  }

  @Test
  void every_message_survives_the_wire() {
    for (Message message : examples()) {
      byte[] bytes = Message.CODEC.toBytes(message);
      Message read = Message.CODEC.fromBytes(bytes);
      assertThat(Message.CODEC.toBytes(read)).as("%s", message).isEqualTo(bytes);
      if (!(message instanceof Message.Forward)) {
        assertThat(read).isEqualTo(message);
      }
    }
  }

  @Test
  void the_bytes_are_the_documented_ones() {
    String lineage = "aa".repeat(32);
    String command = "03" + "03" + "01".repeat(32) + "0000000000000005" + "09" + "03" + "010203";
    var message =
        new Message.AppendEntries(
            LINEAGE,
            4,
            POSITION,
            299,
            17,
            List.of(new Entry.Noop(3), new Entry.Command(3, ORIGIN, 9, new byte[] {1, 2, 3})));
    assertThat(HexFormat.of().formatHex(Message.CODEC.toBytes(message)))
        .isEqualTo("03" + lineage + "04" + "03ac02" + "ab02" + "11" + "02" + "0203" + command);
  }

  @Test
  void a_message_that_is_cut_short_or_too_long_is_malformed() {
    for (Message message : examples()) {
      byte[] bytes = Message.CODEC.toBytes(message);
      for (int length = 0; length < bytes.length; length++) {
        byte[] part = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> Message.CODEC.fromBytes(part))
            .isInstanceOf(MalformedException.class);
      }
      assertThatThrownBy(() -> Message.CODEC.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void changed_bytes_are_read_as_something_or_refused() {
    var random = new SplittableRandom(11);
    for (Message message : examples()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] bytes = Message.CODEC.toBytes(message);
        for (int change = 0; change <= i % 3; change++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
          Message.CODEC.fromBytes(bytes);
        } catch (MalformedException refused) {
          assertThat(refused).hasMessageNotContaining("null");
        }
      }
    }
  }

  private static BinaryWriter appendHead(long term, long previousTerm, long previousIndex) {
    return new BinaryWriter()
        .u8(3)
        .value(LINEAGE, Lineage.CODEC)
        .varint(term)
        .varint(previousTerm)
        .varint(previousIndex)
        .varint(0)
        .varint(0);
  }

  private static void refused(BinaryWriter message, String why) {
    assertThatThrownBy(() -> Message.CODEC.fromBytes(message.toByteArray()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void terms_and_indices_that_could_overflow_are_refused() {
    refused(appendHead(LogPosition.MAX + 1, 0, 0).varint(0), "term");
    refused(appendHead(1, 1, LogPosition.MAX + 1).varint(0), "index");
    refused(
        appendHead(1, 1, LogPosition.MAX).varint(1).value(new Entry.Noop(1), Entry.CODEC),
        "beyond index");
  }

  @Test
  void counts_are_checked_before_anything_is_allocated() {
    refused(appendHead(1, 1, 1).varint(Message.MAX_BATCH_ENTRIES + 1L), "count");
    refused(appendHead(1, 1, 1).varint(2_000), "count");
  }

  @Test
  void entries_that_no_log_has_are_refused() {
    refused(appendHead(9, 5, 1).varint(1).value(new Entry.Noop(4), Entry.CODEC), "term 4 after 5");
    refused(appendHead(9, 5, 1).varint(1).value(new Entry.Noop(10), Entry.CODEC), "at most 9");
    refused(appendHead(9, 0, 0).varint(1).value(new Entry.Noop(1), Entry.CODEC), "formation");
    refused(
        appendHead(9, 1, 1)
            .varint(1)
            .value(new Entry.Formation(1, LINEAGE, Committee.of(List.of(ONE))), Entry.CODEC),
        "formation");
  }

  @Test
  void a_committee_is_sorted_and_names_a_peer_once() {
    var twice = new BinaryWriter().varint(2).value(ONE, Member.CODEC).value(ONE, Member.CODEC);
    assertThatThrownBy(() -> Committee.CODEC.fromBytes(twice.toByteArray()))
        .isInstanceOf(MalformedException.class);
    var none = new BinaryWriter().varint(0);
    assertThatThrownBy(() -> Committee.CODEC.fromBytes(none.toByteArray()))
        .isInstanceOf(MalformedException.class);
  }
}
