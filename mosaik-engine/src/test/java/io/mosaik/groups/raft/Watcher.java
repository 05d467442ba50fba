package io.mosaik.groups.raft;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.Member;
import io.mosaik.groups.log.Origin;
import io.mosaik.groups.log.StoredLog;
import io.mosaik.groups.raft.Invariants.ViolatedException;
import io.mosaik.groups.raft.Message.Ballot;
import io.mosaik.groups.raft.Message.Verdict;
import io.mosaik.id.PeerId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sees every step of every core of a group, in all their runs, and checks the {@link Invariants}:
 * for whole groups, whose cores it makes. What it finds it keeps, for a core has nobody to tell.
 */
public final class Watcher {

  private static final int MOST_VIOLATIONS = 20;

  private final Set<Rule> broken;
  private final Invariants invariants;
  private final LogMatching matching = new LogMatching();
  private final Invariants ofBonded;
  private final List<String> violations = new ArrayList<>();
  private final Map<PeerId, Watched> latest = new TreeMap<>();
  private Runnable afterStep = () -> {};
  private boolean hidesReversions;
  private long steps;

  private final Map<Sessions.Verdict, Long> skipped = new EnumMap<>(Sessions.Verdict.class);

  /** The number behind the last that came to a leader, of each origin. */
  private final Map<Origin, Long> nextForwarded = new LinkedHashMap<>();

  private long forwardedAgain;

  /**
   * Of sound cores, unless rules are to be broken.
   *
   * @param brokenRules the names of {@link Rule}s that the cores break
   */
  public Watcher(String... brokenRules) {
    broken = EnumSet.noneOf(Rule.class);
    for (String name : brokenRules) {
      broken.add(Rule.valueOf(name));
    }
    invariants = new Invariants(broken).commandsMayRepeat();
    ofBonded = new BondedInvariants(broken);
  }

  /** Of cores that tell nobody that what was committed is void. */
  public static Watcher hidingReversions() {
    var watcher = new Watcher();
    watcher.hidesReversions = true;
    return watcher;
  }

  /** What looks at all members after each step of one that has tenure. */
  public void afterEachStep(Runnable look) {
    afterStep = look;
  }

  /** A core that is watched. */
  public Consensus make(
      ConsensusConfig config, RaftOptions options, StoredLog stored, RandomGenerator random) {
    Invariants rules =
        switch (config.quorumPolicy()) {
          case COMMITTED -> invariants;
          case BONDED -> ofBonded;
        };
    var core =
        new Watched(new Raft(config, options, stored, random, broken), options.self(), rules);
    latest.put(options.self().peer(), core);
    return core;
  }

  /**
   * Whose entries the machine of a peer has applied, in the present run of its core.
   *
   * @param resets how many times that machine has started over
   * @return {@link Lineage#NONE} if there were none since
   */
  public Lineage lineageOf(PeerId peer, int resets) {
    Watched core = latest.get(peer);
    return core == null || resets >= core.lineages.size()
        ? Lineage.NONE
        : core.lineages.get(resets);
  }

  /** In which lineage the present core of a peer acts. */
  public Lineage lineageLedBy(PeerId peer) {
    Watched core = latest.get(peer);
    return core == null ? Lineage.NONE : core.raft.status().lineage();
  }

  /**
   * What an epoch began with.
   *
   * @param lineage the epoch before
   * @param kept up to which index its entries count on
   */
  public record Inheritance(Lineage lineage, long kept) {}

  /** What a lineage began with; null if that was nothing. */
  public @Nullable Inheritance inheritanceOf(Lineage lineage) {
    Invariants.Agreed known = invariants.agreedIn(lineage);
    return known.before == null ? null : new Inheritance(known.before, known.kept);
  }

  /** What must never be and was. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** How many steps were seen. */
  public long steps() {
    return steps;
  }

  /** How many groups have committed anything: one, unless a group formed twice. */
  public int lineagesWithCommits() {
    return invariants.lineagesWithCommits();
  }

  /** How many commands in logs, seen by one member or another, were skipped, and why (S2). */
  public long skipped(Sessions.Verdict why) {
    return skipped.getOrDefault(why, 0L);
  }

  /** How many messages brought a leader commands that had come to one before. */
  public long forwardedAgain() {
    return forwardedAgain;
  }

  private void forwarded(Member from, Message.Forward forward) {
    var origin = new Origin(from.peer(), forward.session());
    long next = nextForwarded.getOrDefault(origin, 1L);
    if (forward.firstSequence() < next) {
      forwardedAgain++;
    }
    came(origin, forward.firstSequence() + forward.commands().size());
  }

  private void came(Origin origin, long next) {
    nextForwarded.merge(origin, next, Math::max);
  }

  private void check(Runnable checks) {
    try {
      checks.run();
    } catch (ViolatedException e) {
      if (violations.size() < MOST_VIOLATIONS) {
        violations.add(e.getMessage());
      }
    }
  }

  private final class Watched implements Consensus {

    private final Raft raft;
    private final Member self;
    private final Invariants rules;
    private final LogMatching.Seen log = matching.new Seen();

    /** Of what it has applied since its beginning; null where it has started from a snapshot. */
    private @Nullable Sessions sessions = new Sessions();

    private long ledTerm = -1;

    /** The index that {@link Effect.Apply} must go on with; 0 if it may begin anywhere. */
    private long nextApplied = 1;

    /** The lineage of what was applied last. */
    private Lineage applied = Lineage.NONE;

    /** That, before the machine started over for the first time, after that, and so on. */
    private final List<Lineage> lineages = new ArrayList<>(List.of(Lineage.NONE));

    Watched(Raft raft, Member self, Invariants rules) {
      this.raft = raft;
      this.self = self;
      this.rules = rules;
    }

    @Override
    public void start(long nowNs, List<Effect> out) {
      int from = out.size();
      raft.start(nowNs, out);
      observe(out.subList(from, out.size()));
    }

    @Override
    public void step(Input input, long nowNs, List<Effect> out) {
      if (input instanceof Input.Received received) {
        check(() -> heard(received));
      }
      int from = out.size();
      raft.step(input, nowNs, out);
      observe(out.subList(from, out.size()));
    }

    @Override
    public void flush(long nowNs, List<Effect> out) {
      int from = out.size();
      raft.flush(nowNs, out);
      observe(out.subList(from, out.size()));
    }

    /** Votes count where they arrive: what a crash kept from being sent was never given. */
    private void heard(Input.Received received) {
      switch (received.message()) {
        case Message.VoteResponse response -> {
          if (response.verdict() == Verdict.GRANTED && response.ballot() != Ballot.PRE_VOTE) {
            rules.votes(received.from(), response.askedTerm(), self);
          }
        }
        case Message.VoteRequest request -> {
          if (request.ballot() != Ballot.PRE_VOTE) {
            rules.votes(received.from(), request.term(), received.from());
          }
        }
        case Message.Forward forward -> forwarded(received.from(), forward);
        default -> {}
      }
    }

    private void observe(List<Effect> effects) {
      steps++;
      RaftState state = raft.state();
      check(() -> log.look(state));
      if (state.leads() && ledTerm != state.term()) {
        ledTerm = state.term();
        check(() -> rules.leads(self, state));
      }
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Apply apply -> check(() -> applies(apply, state));
          case Effect.ProposalPlaced placed -> // by itself, if it leads
              came(raft.origin(), placed.firstSequence() + placed.count());
          case Effect.Rebuild rebuild -> {
            nextApplied = 0;
            rules.startsFrom(self, rebuild.snapshot());
            applied = rebuild.snapshot() == null ? Lineage.NONE : rebuild.snapshot().lineage();
            lineages.add(applied);
            sessions = rebuild.snapshot() == null ? new Sessions() : null;
          }
          case Effect.Reverted reverted -> check(() -> rules.reverts(reverted.lineage()));
          case Effect.Stopped stopped -> violations.add(self + " says " + stopped);
          case Effect.Violation violation -> violations.add(self + " says " + violation);
          default -> {}
        }
      }
      if (hidesReversions) {
        effects.removeIf(Effect.Reverted.class::isInstance);
      }
      if (raft.tenure() != null) {
        afterStep.run();
      }
    }

    private void applies(Effect.Apply apply, RaftState state) {
      if (nextApplied != 0 && apply.firstIndex() != nextApplied) {
        throw new ViolatedException(self + " applies out of order: " + apply);
      }
      nextApplied = apply.firstIndex() + apply.entries().size();
      applied = Invariants.lineageOf(state, applied, apply.firstIndex(), apply.entries());
      lineages.set(lineages.size() - 1, applied);
      rules.applies(self, applied, state.term(), apply.firstIndex(), apply.entries());
      for (Entry entry : apply.entries()) {
        if (entry instanceof Entry.Command command && sessions != null) {
          skipped.merge(sessions.admit(command.origin(), command.sequence()), 1L, Long::sum);
        }
      }
    }

    @Override
    public Origin origin() {
      return raft.origin();
    }

    @Override
    public RaftStatus status() {
      return raft.status();
    }

    @Override
    public @Nullable Tenure tenure() {
      return raft.tenure();
    }
  }
}
