package io.mosaik.groups.raft;

import io.mosaik.groups.log.EndedLineage;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Promise;
import io.mosaik.groups.log.SnapshotManifest;
import io.mosaik.id.PeerId;
import io.mosaik.wire.Codec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What members say to each other. No message names its sender: that is the member at the other end
 * of the bond it came on, so nobody can speak as another (R6).
 */
public sealed interface Message {

  /** The most entries or commands in one message. */
  int MAX_BATCH_ENTRIES = 2_000;

  /** A message takes no more entries once they exceed this many bytes: 2 MiB. */
  int MAX_BATCH_BYTES = 2 << 20;

  /** A kind (one byte), the lineage, the term, then what the kind has. */
  Codec<Message> CODEC = new MessageCodec();

  /** Of the sender's log; {@link Lineage#NONE} of one that has no log. */
  Lineage lineage();

  /** The sender's current term. */
  long term();

  /** What is asked for in a {@link VoteRequest}. */
  enum Ballot implements MessageCodec.Coded {
    /** Would you vote for me in the next term? Changes nothing (E2, §9.6). */
    PRE_VOTE(0),
    /** Vote for me (§3.4). */
    VOTE(1),
    /** Vote for me to form the first committee (F2). */
    FORMATION(2),
    /** Vote for me, whom the leader has asked to stand in the next term (C6). */
    HANDOVER(3);

    private final int code;

    Ballot(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** The answer to a {@link VoteRequest}. */
  enum Verdict implements MessageCodec.Coded {
    /** Yes. */
    GRANTED(0),
    /** No. */
    DENIED(1),
    /** I never vote (E4). */
    ABSTAINED(2);

    private final int code;

    Verdict(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** What a member has of a lineage that it is asked about. */
  enum Holding implements MessageCodec.Coded {
    /** A log of it, or one of an epoch before that it goes on with. */
    HOLDS(0),
    /** The same, but its vote and its copies never count in that lineage. */
    OBSERVES(1),
    /** No log at all. */
    LACKS(2),
    /** A log of another lineage; or none, having given up its log of this one. */
    ELSEWHERE(3);

    private final int code;

    Holding(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /** The answer to {@link AppendEntries}. */
  enum Stored implements MessageCodec.Coded {
    /** All up to the position is stored, and counts if the answerer is in the committee. */
    STORED(0),
    /** The previous entry is missing; the position is the last of the answerer's log (R2). */
    GAP(1),
    /** As a learner or observer: what it has tells its progress and counts for nothing (E4). */
    ABSTAINED(2),
    /** The same, as one that never again votes or leads in this lineage (F7). */
    OBSERVED(3);

    private final int code;

    Stored(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /**
   * Asks for a vote.
   *
   * @param lineage of the candidate's log
   * @param term in which it would lead; in a pre-vote, the one after its current term
   * @param ballot what for
   * @param last the last position of its log
   */
  record VoteRequest(Lineage lineage, long term, Ballot ballot, LogPosition last)
      implements Message {}

  /**
   * Answers a {@link VoteRequest}.
   *
   * @param lineage of the voter's log
   * @param term the voter's current term
   * @param ballot what was asked
   * @param askedTerm the term that was asked for
   * @param verdict the answer
   * @param hasLog whether the voter has a log (F3)
   * @param leader the leader it follows, if it knows one
   */
  record VoteResponse(
      Lineage lineage,
      long term,
      Ballot ballot,
      long askedTerm,
      Verdict verdict,
      boolean hasLog,
      @Nullable Member leader)
      implements Message {}

  /**
   * The leader's entries; without any, its heartbeat (§3.5).
   *
   * @param lineage of the log
   * @param term of the leader
   * @param previous the position before the first entry
   * @param commitIndex up to where the leader's log is committed
   * @param round counts the leader's broadcasts in its term, for confirmations (§6.4)
   * @param entries that follow {@code previous}; at most {@link #MAX_BATCH_ENTRIES}
   */
  record AppendEntries(
      Lineage lineage,
      long term,
      LogPosition previous,
      long commitIndex,
      long round,
      List<Entry> entries)
      implements Message {
    /** Copies the list. */
    public AppendEntries {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Answers {@link AppendEntries}.
   *
   * @param lineage that was asked in
   * @param term of the answerer
   * @param stored how it went
   * @param position up to where the answerer's log is the leader's, or the end of its log on a gap
   * @param round the latest that was heard
   */
  record AppendResponse(Lineage lineage, long term, Stored stored, LogPosition position, long round)
      implements Message {}

  /**
   * Asks any member for entries that are missing here.
   *
   * @param lineage of the wanted log
   * @param term of the asker
   * @param after the last position that the asker has, or guesses the other has too; or one of
   *     {@link #ANY_TERM}, behind which committed entries are wanted
   */
  record LogRequest(Lineage lineage, long term, LogPosition after) implements Message {

    /** Of a position of which only the index is known: no entry has this term. */
    static final long ANY_TERM = LogPosition.MAX;

    static LogRequest committedAfter(Lineage lineage, long term, long index) {
      return new LogRequest(lineage, term, new LogPosition(ANY_TERM, index));
    }

    /** Whether committed entries are wanted, by their index alone. */
    static boolean isByIndex(LogPosition asked) {
      return asked.term() == ANY_TERM;
    }
  }

  /**
   * Answers a {@link LogRequest}.
   *
   * @param lineage of the log
   * @param term of the answerer
   * @param asked the position that was asked for
   * @param previous equal to {@code asked} if the answerer's log has it, and the position there if
   *     {@code asked} has but an index; otherwise the latest position of its log that is not after
   *     it, to try next, and there are no entries
   * @param commitIndex up to where the answerer knows the log to be committed
   * @param entries that follow {@code previous}; a member that doesn't lead sends committed ones
   */
  record LogResponse(
      Lineage lineage,
      long term,
      LogPosition asked,
      LogPosition previous,
      long commitIndex,
      List<Entry> entries)
      implements Message {
    /** Copies the list. */
    public LogResponse {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Answers a {@link LogRequest} for entries that were pruned: the log goes on behind a snapshot.
   *
   * @param lineage of the log
   * @param term of the answerer
   * @param asked the position that was asked for
   * @param snapshot that the answerer has
   */
  record SnapshotOffer(Lineage lineage, long term, LogPosition asked, SnapshotManifest snapshot)
      implements Message {}

  /**
   * Brings an origin's commands to the leader.
   *
   * @param lineage of the log
   * @param term of the origin
   * @param session of the origin, which is the sender
   * @param applied up to this number the origin has seen its commands come back
   * @param firstSequence the number of the first command
   * @param commands numbered on from there
   */
  record Forward(
      Lineage lineage,
      long term,
      long session,
      long applied,
      long firstSequence,
      List<byte[]> commands)
      implements Message {
    /** Copies the list, not the commands. */
    public Forward {
      if (applied < 0 || applied >= firstSequence) {
        throw new IllegalArgumentException(firstSequence + " where " + applied + " is applied");
      }
      commands = List.copyOf(commands);
    }

    /** Of all commands together. */
    long sizeBytes() {
      long sizeBytes = 0;
      for (byte[] command : commands) {
        sizeBytes += command.length;
      }
      return sizeBytes;
    }
  }

  /**
   * Tells an origin where the leader has placed its commands.
   *
   * @param lineage of the log
   * @param term of the leader
   * @param session of the origin
   * @param firstSequence the number of the first command
   * @param count how many
   * @param firstIndex the index of the first; the others follow
   */
  record ForwardResponse(
      Lineage lineage, long term, long session, long firstSequence, int count, long firstIndex)
      implements Message {}

  /**
   * Asks the leader from which index on a strong read may be answered (§6.4).
   *
   * @param lineage of the log
   * @param term of the asker
   * @param token comes back with the answer
   */
  record ReadRequest(Lineage lineage, long term, long token) implements Message {}

  /**
   * Answers a {@link ReadRequest}.
   *
   * @param lineage of the log
   * @param term of the leader
   * @param token of the request
   * @param confirmed whether the leader confirmed its leadership after the request
   * @param index the read index; 0 if not confirmed
   */
  record ReadResponse(Lineage lineage, long term, long token, boolean confirmed, long index)
      implements Message {}

  /**
   * Tells a voter to stand for election at once, without a pre-vote (C6, §3.10).
   *
   * @param lineage of the log
   * @param term of the leader that hands over
   */
  record TimeoutNow(Lineage lineage, long term) implements Message {}

  /**
   * A leader tells the leader of another lineage how much its group has committed (L1).
   *
   * @param lineage of the log
   * @param term of the leader
   * @param index up to where it is committed; where it is frozen, of its {@code Freeze}
   * @param frozen whether it is frozen, so that the index doesn't grow
   */
  record Standing(Lineage lineage, long term, long index, boolean frozen) implements Message {}

  /**
   * Asks what has become of the asker's lineage, of which it hears nothing (L4).
   *
   * @param lineage of the asker's log
   * @param term of the asker
   */
  record LineageQuery(Lineage lineage, long term) implements Message {}

  /**
   * Tells who acts in a lineage that it is over (L4).
   *
   * @param lineage of the sender's log
   * @param term of the sender
   * @param ended the lineage, with the proof of its end
   */
  record LineageEnded(Lineage lineage, long term, EndedLineage ended) implements Message {}

  /**
   * Asks all members what they have of the asker's lineage, in which it finds no leader (G1).
   *
   * @param lineage of the asker's log
   * @param term of the asker
   * @param round comes back with the answers
   * @param committed the latest position that is known to the asker to be committed, by itself or
   *     by the others, and that its log has
   * @param lost peers whose logs are lost for good, by the word of an operator (G4)
   */
  record StateQuery(
      Lineage lineage, long term, long round, LogPosition committed, List<PeerId> lost)
      implements Message {
    /** The most peers that one message can give up. */
    static final int MAX_LOST = 1_000;

    /** Copies the list. */
    public StateQuery {
      lost = List.copyOf(lost);
    }
  }

  /**
   * Answers a {@link StateQuery}.
   *
   * @param lineage of the sender's log
   * @param term of the sender
   * @param asked the lineage that was asked about
   * @param round of the question
   * @param holding what it has of that
   * @param led whether it has heard of a leader lately; of the lineage that was asked about, or of
   *     that of its own log
   * @param durable whether its log outlives its process
   * @param last the end of its log
   * @param committed up to where it knows its log to be committed
   * @param lacks whether its log lacks what the question tells to be committed
   * @param epoch the number of the latest epoch that its log is of or that it has promised
   * @param awaited the committees of epochs that it has promised, and that may have begun without
   *     its knowing
   */
  record StateReport(
      Lineage lineage,
      long term,
      Lineage asked,
      long round,
      Holding holding,
      boolean led,
      boolean durable,
      LogPosition last,
      LogPosition committed,
      boolean lacks,
      int epoch,
      List<Member> awaited)
      implements Message {
    /** Copies the list. */
    public StateReport {
      awaited = List.copyOf(awaited);
    }
  }

  /**
   * Asks to go on in the next epoch, with the sender's log (G3).
   *
   * @param lineage of the sender's log
   * @param term in which all have to agree
   * @param last the end of the sender's log
   * @param committed the latest position that anyone is known to know to be committed; in that log
   * @param bound the voters that are not gone, all of which are asked
   * @param promise what is asked for
   */
  record EpochRequest(
      Lineage lineage,
      long term,
      LogPosition last,
      LogPosition committed,
      List<Member> bound,
      Promise promise)
      implements Message {
    /** Copies the list. */
    public EpochRequest {
      bound = List.copyOf(bound);
    }
  }

  /**
   * Answers an {@link EpochRequest}.
   *
   * @param lineage of the sender's log
   * @param term of the sender
   * @param askedTerm of the request
   * @param agrees whether it has promised
   */
  record EpochResponse(Lineage lineage, long term, long askedTerm, boolean agrees)
      implements Message {}
}
