package io.mosaik.groups.raft;

import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.groups.raft.Message.AppendEntries;
import io.mosaik.groups.raft.Message.AppendResponse;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.EpochRequest;
import io.mosaik.groups.raft.Message.EpochResponse;
import io.mosaik.groups.raft.Message.Forward;
import io.mosaik.groups.raft.Message.ForwardResponse;
import io.mosaik.groups.raft.Message.Holding;
import io.mosaik.groups.raft.Message.LineageEnded;
import io.mosaik.groups.raft.Message.LineageQuery;
import io.mosaik.groups.raft.Message.LogRequest;
import io.mosaik.groups.raft.Message.LogResponse;
import io.mosaik.groups.raft.Message.ReadRequest;
import io.mosaik.groups.raft.Message.ReadResponse;
import io.mosaik.groups.raft.Message.SnapshotOffer;
import io.mosaik.groups.raft.Message.Standing;
import io.mosaik.groups.raft.Message.StateQuery;
import io.mosaik.groups.raft.Message.StateReport;
import io.mosaik.groups.raft.Message.Stored;
import io.mosaik.groups.raft.Message.TimeoutNow;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.groups.raft.Message.VoteRequest;
import io.mosaik.groups.raft.Message.VoteResponse;
import io.mosaik.id.PeerId;
import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.BinaryWriter;
import io.mosaik.wire.Codec;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** The bytes of messages, as {@code docs/raft.md} has them. */
final class MessageCodec implements Codec<Message> {

  private static final int VOTE_REQUEST = 1;
  private static final int VOTE_RESPONSE = 2;
  private static final int APPEND_ENTRIES = 3;
  private static final int APPEND_RESPONSE = 4;
  private static final int LOG_REQUEST = 5;
  private static final int LOG_RESPONSE = 6;
  private static final int FORWARD = 7;
  private static final int FORWARD_RESPONSE = 8;
  private static final int READ_REQUEST = 9;
  private static final int READ_RESPONSE = 10;
  private static final int TIMEOUT_NOW = 11;
  private static final int SNAPSHOT_OFFER = 12;
  private static final int STANDING = 20;
  private static final int LINEAGE_QUERY = 21;
  private static final int LINEAGE_ENDED = 22;
  private static final int STATE_QUERY = 23;
  private static final int STATE_REPORT = 24;
  private static final int EPOCH_REQUEST = 25;
  private static final int EPOCH_RESPONSE = 26;

  /** A choice with a byte of its own. */
  interface Coded {
    /** From 0 to 255. */
    int code();
  }

  @Override
  public void encode(Message message, BinaryWriter out) {
    switch (message) {
      case VoteRequest m ->
          head(out, VOTE_REQUEST, m).u8(m.ballot().code()).value(m.last(), LogPosition.CODEC);
      case VoteResponse m -> {
        head(out, VOTE_RESPONSE, m).u8(m.ballot().code()).varint(m.askedTerm());
        out.u8(m.verdict().code()).bool(m.hasLog()).bool(m.leader() != null);
        if (m.leader() != null) {
          out.value(m.leader(), Member.CODEC);
        }
      }
      case AppendEntries m -> {
        head(out, APPEND_ENTRIES, m).value(m.previous(), LogPosition.CODEC);
        out.varint(m.commitIndex()).varint(m.round());
        entries(m.entries(), out);
      }
      case AppendResponse m ->
          head(out, APPEND_RESPONSE, m)
              .u8(m.stored().code())
              .value(m.position(), LogPosition.CODEC)
              .varint(m.round());
      case LogRequest m -> head(out, LOG_REQUEST, m).value(m.after(), LogPosition.CODEC);
      case LogResponse m -> {
        head(out, LOG_RESPONSE, m).value(m.asked(), LogPosition.CODEC);
        out.value(m.previous(), LogPosition.CODEC).varint(m.commitIndex());
        entries(m.entries(), out);
      }
      case SnapshotOffer m -> {
        head(out, SNAPSHOT_OFFER, m).value(m.asked(), LogPosition.CODEC);
        out.value(m.snapshot(), SnapshotManifest.CODEC);
      }
      case Forward m -> {
        head(out, FORWARD, m).i64(m.session()).varint(m.applied()).varint(m.firstSequence());
        out.varint(m.commands().size());
        for (byte[] command : m.commands()) {
          out.bytes(command);
        }
      }
      case ForwardResponse m ->
          head(out, FORWARD_RESPONSE, m)
              .i64(m.session())
              .varint(m.firstSequence())
              .varint(m.count())
              .varint(m.firstIndex());
      case ReadRequest m -> head(out, READ_REQUEST, m).i64(m.token());
      case ReadResponse m ->
          head(out, READ_RESPONSE, m).i64(m.token()).bool(m.confirmed()).varint(m.index());
      case TimeoutNow m -> head(out, TIMEOUT_NOW, m);
      case Standing m -> head(out, STANDING, m).varint(m.index()).bool(m.frozen());
      case LineageQuery m -> head(out, LINEAGE_QUERY, m);
      case LineageEnded m -> head(out, LINEAGE_ENDED, m).value(m.ended(), EndedLineage.CODEC);
      case StateQuery m -> {
        head(out, STATE_QUERY, m).varint(m.round()).value(m.committed(), LogPosition.CODEC);
        out.varint(m.lost().size());
        m.lost().forEach(peer -> out.raw(peer.toBytes()));
      }
      case StateReport m -> {
        head(out, STATE_REPORT, m).value(m.asked(), Lineage.CODEC).varint(m.round());
        out.u8(m.holding().code()).bool(m.led()).bool(m.durable());
        out.value(m.last(), LogPosition.CODEC).value(m.committed(), LogPosition.CODEC);
        out.bool(m.lacks()).varint(m.epoch());
        Member.writeAll(m.awaited(), out);
      }
      case EpochRequest m -> {
        head(out, EPOCH_REQUEST, m).value(m.last(), LogPosition.CODEC);
        out.value(m.committed(), LogPosition.CODEC);
        Member.writeAll(m.bound(), out);
        out.value(m.promise(), Promise.CODEC);
      }
      case EpochResponse m -> head(out, EPOCH_RESPONSE, m).varint(m.askedTerm()).bool(m.agrees());
    }
  }

  private static BinaryWriter head(BinaryWriter out, int kind, Message message) {
    return out.u8(kind).value(message.lineage(), Lineage.CODEC).varint(message.term());
  }

  private static void entries(List<Entry> entries, BinaryWriter out) {
    out.varint(entries.size());
    for (Entry entry : entries) {
      out.value(entry, Entry.CODEC);
    }
  }

  @Override
  public Message decode(BinaryReader in) {
    int kind = in.u8();
    Lineage lineage = in.value(Lineage.CODEC);
    long term = LogPosition.readNumber(in, "term");
    return switch (kind) {
      case VOTE_REQUEST ->
          new VoteRequest(lineage, term, choice(in, Ballot.values()), in.value(LogPosition.CODEC));
      case VOTE_RESPONSE ->
          new VoteResponse(
              lineage,
              term,
              choice(in, Ballot.values()),
              LogPosition.readNumber(in, "term"),
              choice(in, Verdict.values()),
              in.bool(),
              in.bool() ? in.value(Member.CODEC) : null);
      case APPEND_ENTRIES -> {
        LogPosition previous = in.value(LogPosition.CODEC);
        long commitIndex = LogPosition.readNumber(in, "commit index");
        long round = LogPosition.readNumber(in, "round");
        yield new AppendEntries(
            lineage, term, previous, commitIndex, round, entries(in, previous, term));
      }
      case APPEND_RESPONSE ->
          new AppendResponse(
              lineage,
              term,
              choice(in, Stored.values()),
              in.value(LogPosition.CODEC),
              LogPosition.readNumber(in, "round"));
      case LOG_REQUEST -> new LogRequest(lineage, term, in.value(LogPosition.CODEC));
      case LOG_RESPONSE -> {
        LogPosition asked = in.value(LogPosition.CODEC);
        LogPosition previous = in.value(LogPosition.CODEC);
        long commitIndex = LogPosition.readNumber(in, "commit index");
        List<Entry> entries = entries(in, previous, LogPosition.MAX);
        boolean fits =
            LogRequest.isByIndex(asked)
                ? asked.index() == previous.index()
                : asked.equals(previous);
        if (!entries.isEmpty() && !fits) {
          throw new MalformedException("entries that don't follow the position asked for");
        }
        yield new LogResponse(lineage, term, asked, previous, commitIndex, entries);
      }
      case SNAPSHOT_OFFER -> {
        LogPosition asked = in.value(LogPosition.CODEC);
        SnapshotManifest snapshot = in.value(SnapshotManifest.CODEC);
        boolean ours =
            snapshot.lineage().equals(lineage) || lineage.isEpochAfter(snapshot.lineage());
        if (!ours || snapshot.position().term() > term) {
          throw new MalformedException("a snapshot of another log: " + snapshot);
        }
        yield new SnapshotOffer(lineage, term, asked, snapshot);
      }
      case FORWARD -> {
        long session = in.i64();
        long applied = LogPosition.readNumber(in, "sequence");
        long firstSequence = LogPosition.readNumber(in, "sequence");
        int count = in.count(Message.MAX_BATCH_ENTRIES, 1);
        if (firstSequence <= applied || count == 0) {
          throw new MalformedException(
              "commands are numbered from 1 on, none is applied yet, and there is at least 1");
        }
        var commands = new ArrayList<byte[]>(count);
        for (int i = 0; i < count; i++) {
          commands.add(in.bytes(Entry.MAX_COMMAND_BYTES));
        }
        yield new Forward(lineage, term, session, applied, firstSequence, commands);
      }
      case FORWARD_RESPONSE ->
          new ForwardResponse(
              lineage,
              term,
              in.i64(),
              LogPosition.readNumber(in, "sequence"),
              in.count(Message.MAX_BATCH_ENTRIES, 0),
              LogPosition.readNumber(in, "index"));
      case READ_REQUEST -> new ReadRequest(lineage, term, in.i64());
      case READ_RESPONSE ->
          new ReadResponse(lineage, term, in.i64(), in.bool(), LogPosition.readNumber(in, "index"));
      case TIMEOUT_NOW -> new TimeoutNow(lineage, term);
      case STANDING -> new Standing(lineage, term, LogPosition.readNumber(in, "index"), in.bool());
      case LINEAGE_QUERY -> new LineageQuery(lineage, term);
      case LINEAGE_ENDED -> {
        EndedLineage ended = in.value(EndedLineage.CODEC);
        if (ended.lineage().isNone() || ended.into().isNone()) {
          throw new MalformedException("the end of a lineage that is not proven");
        }
        yield new LineageEnded(lineage, term, ended);
      }
      case STATE_QUERY -> {
        long round = LogPosition.readNumber(in, "round");
        LogPosition committed = in.value(LogPosition.CODEC);
        int count = in.count(StateQuery.MAX_LOST, PeerId.LENGTH);
        var lost = new ArrayList<PeerId>(count);
        for (int i = 0; i < count; i++) {
          lost.add(PeerId.ofBytes(in.raw(PeerId.LENGTH)));
        }
        yield new StateQuery(lineage, term, round, committed, lost);
      }
      case STATE_REPORT ->
          new StateReport(
              lineage,
              term,
              in.value(Lineage.CODEC),
              LogPosition.readNumber(in, "round"),
              choice(in, Holding.values()),
              in.bool(),
              in.bool(),
              in.value(LogPosition.CODEC),
              in.value(LogPosition.CODEC),
              in.bool(),
              epoch(in),
              Member.readAll(in));
      case EPOCH_REQUEST -> {
        LogPosition last = in.value(LogPosition.CODEC);
        LogPosition committed = in.value(LogPosition.CODEC);
        List<Member> bound = Member.readAll(in);
        Promise promise = in.value(Promise.CODEC);
        if (!promise.next().isEpochAfter(lineage)
            || promise.term() != term
            || promise.isBegun()
            || last.term() > term
            || committed.compareTo(last) > 0
            || promise.committee().isEmpty()) {
          throw new MalformedException("a malformed request for an epoch: " + promise);
        }
        yield new EpochRequest(lineage, term, last, committed, bound, promise);
      }
      case EPOCH_RESPONSE ->
          new EpochResponse(lineage, term, LogPosition.readNumber(in, "asked term"), in.bool());
      default -> throw new MalformedException("a message of the unknown kind " + kind);
    };
  }

  private static int epoch(BinaryReader in) {
    long epoch = LogPosition.readNumber(in, "epoch");
    if (epoch > Lineage.MAX_EPOCH) {
      throw new MalformedException("epoch " + epoch + " is above " + Lineage.MAX_EPOCH);
    }
    return (int) epoch;
  }

  /** Entries whose terms don't fall (§3.5), don't exceed the sender's, and fit after a position. */
  private static List<Entry> entries(BinaryReader in, LogPosition previous, long termAtMost) {
    int count = in.count(Message.MAX_BATCH_ENTRIES, Entry.EntryCodec.LEAST_BYTES);
    if (previous.index() > LogPosition.MAX - count) {
      throw new MalformedException("entries beyond index " + LogPosition.MAX);
    }
    var entries = new ArrayList<Entry>(count);
    long term = previous.term();
    for (int i = 0; i < count; i++) {
      Entry entry = in.value(Entry.CODEC);
      if (entry.term() < term || entry.term() > termAtMost) {
        throw new MalformedException(
            "an entry of term " + entry.term() + " after " + term + ", at most " + termAtMost);
      }
      if ((entry instanceof Entry.Formation) != (previous.index() + i == 0)) {
        throw new MalformedException("a log begins with its formation and has no other");
      }
      term = entry.term();
      entries.add(entry);
    }
    return entries;
  }

  private static <E extends Coded> E choice(BinaryReader in, E[] values) {
    int code = in.u8();
    for (E value : values) {
      if (value.code() == code) {
        return value;
      }
    }
    throw new MalformedException("a choice of " + code + ", of " + values.length);
  }
}
