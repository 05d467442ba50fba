package io.mosaik.groups.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.Committee;
import io.mosaik.groups.log.Entry;
import io.mosaik.groups.log.Lineage;
import io.mosaik.groups.log.LogPosition;
import io.mosaik.groups.log.Member;
import io.mosaik.id.PeerId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cores whose every message, timer and write a test decides: for histories that are written down.
 * Nothing happens by itself, and each node has a clock of its own. Nodes are numbered from 0.
 */
final class Bench {

  static final ConsensusConfig CONFIG = ConsensusConfig.DEFAULT;

  private static final class Node {
    final PeerId peer;
    SimulatedDisk disk = new SimulatedDisk();
    Member member;
    @Nullable Raft core;
    long nowNs;
    boolean slowDisk;
    Lineage appliedLineage = Lineage.NONE;
    final List<Integer> bonded = new ArrayList<>();
    final List<Effect> effects = new ArrayList<>();
    EffectQueue queue = new EffectQueue();

    Node(int number) {
      var id = new byte[PeerId.LENGTH];
      id[0] = (byte) (number + 1);
      peer = PeerId.ofBytes(id);
      member = new Member(peer, 0);
    }

    Raft core() {
      if (core == null) {
        throw new IllegalStateException("down");
      }
      return core;
    }
  }

  final Invariants invariants;
  private final ConsensusConfig config;
  private final Set<Rule> broken;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Node> nodes = new ArrayList<>();
  private final List<List<ArrayDeque<Message>>> wires = new ArrayList<>();
  private long nextToken = 1;

  /** Whether the nodes that start from here on say that their logs outlive them. */
  boolean durable;

  /** How much of their logs the nodes that start from here on hold. */
  LogBounds bounds = LogBounds.NONE;

  Bench(int size, ConsensusConfig config, Set<Rule> broken) {
    this.config = config;
    this.broken = broken;
    invariants = new Invariants(broken);
    for (int i = 0; i < size; i++) {
      nodes.add(new Node(i));
      var row = new ArrayList<ArrayDeque<Message>>();
      for (int j = 0; j < size; j++) {
        row.add(new ArrayDeque<>());
      }
      wires.add(row);
      start(i, false);
    }
  }

  Bench(int size) {
    this(size, CONFIG, EnumSet.noneOf(Rule.class));
  }

  /** All bonded, and formed by node 0, of nodes that say whether their logs outlive them. */
  Bench(int size, boolean durable) {
    this(size, CONFIG.toBuilder().bootstrapExpect(size).build(), EnumSet.noneOf(Rule.class));
    this.durable = durable;
    for (int i = 0; i < size; i++) {
      start(i, false);
    }
    bondAll();
    timeout(0);
    settle();
  }

  /** All bonded, formed by node 0 in term 1, and everyone knows. */
  static Bench formed(int size, Set<Rule> broken) {
    var bench = new Bench(size, CONFIG.toBuilder().bootstrapExpect(size).build(), broken);
    bench.bondAll();
    bench.timeout(0);
    bench.settle();
    return bench;
  }

  static Bench formed(int size) {
    return formed(size, EnumSet.noneOf(Rule.class));
  }

  /** Node 0 is elected by 1 and 2, which have not heard of its formation; 3 is by itself. */
  static Bench founded(Set<Rule> broken) {
    var bench = new Bench(4, CONFIG, broken);
    bench.bond(0, 1);
    bench.bond(0, 2);
    bench.timeout(0);
    for (int i = 1; i <= 2; i++) {
      bench.deliver(0, i);
      bench.deliver(i, 0);
    }
    return bench;
  }

  static Bench founded() {
    return founded(EnumSet.noneOf(Rule.class));
  }

  /** A node without bonds forms a group of itself, and leads it in a later term than its first. */
  void foundAlone(int number) {
    timeout(number);
    restart(number);
    timeout(number);
  }

  void start(int number, boolean observer) {
    Node node = nodes.get(number);
    var stored = node.disk.open(random.nextLong());
    node.member = new Member(node.peer, stored.incarnation());
    node.core =
        new Raft(
            config,
            new RaftOptions(node.member, random.nextLong(), observer, 1, durable, bounds),
            stored,
            random.split(),
            broken);
    var out = new ArrayList<Effect>();
    node.core.start(node.nowNs, out);
    carryOut(number, out);
  }

  void crash(int number, boolean keepDisk) {
    Node node = nodes.get(number);
    for (int other : List.copyOf(node.bonded)) {
      unbond(number, other);
    }
    node.core = null;
    node.queue = new EffectQueue();
    node.slowDisk = false;
    if (!keepDisk) {
      node.disk = new SimulatedDisk();
      node.effects.clear();
    } else {
      node.disk.forgetUnsynced();
    }
  }

  /** The node crashes, comes back with its disk, and bonds with these again. */
  void restart(int number, int... others) {
    crash(number, true);
    start(number, false);
    for (int other : others) {
      bond(number, other);
    }
  }

  void bond(int one, int other) {
    nodes.get(one).bonded.add(other);
    nodes.get(other).bonded.add(one);
    step(one, new Input.BondUp(member(other), isObserver(other)));
    step(other, new Input.BondUp(member(one), isObserver(one)));
  }

  private boolean isObserver(int number) {
    return core(number).state().options.observer();
  }

  void bondAll() {
    for (int i = 0; i < nodes.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!nodes.get(i).bonded.contains(j)) {
          bond(j, i);
        }
      }
    }
  }

  /** The bond breaks, with all that was under way on it. */
  void unbond(int one, int other) {
    if (!nodes.get(one).bonded.remove(Integer.valueOf(other))) {
      return;
    }
    nodes.get(other).bonded.remove(Integer.valueOf(one));
    wire(one, other).clear();
    wire(other, one).clear();
    step(one, new Input.BondDown(member(other)));
    step(other, new Input.BondDown(member(one)));
  }

  Raft core(int number) {
    return nodes.get(number).core();
  }

  RaftState state(int number) {
    return core(number).state();
  }

  /** Of a node that has one. */
  Committee committee(int number) {
    return Objects.requireNonNull(core(number).status().committee());
  }

  Member member(int number) {
    return nodes.get(number).member;
  }

  ArrayDeque<Message> wire(int from, int to) {
    return wires.get(from).get(to);
  }

  /** Time passes at a node, without any timer firing. */
  void pass(int number, Duration time) {
    nodes.get(number).nowNs += time.toNanos();
  }

  void passAll(Duration time) {
    for (int i = 0; i < nodes.size(); i++) {
      pass(i, time);
    }
  }

  /** So much time passes at a node that its election timeout is over, and the timer fires. */
  void timeout(int number) {
    pass(number, Duration.ofSeconds(10));
    step(number, new Input.TimerFired(TimerKind.ELECTION));
  }

  /** This node stands until it leads, or has tried often enough; only these voters hear of it. */
  void elect(int number, int... voters) {
    for (int attempt = 0; attempt < 4 && !state(number).leads(); attempt++) {
      for (int voter : voters) {
        pass(voter, Duration.ofSeconds(3));
        wire(number, voter).clear();
        wire(voter, number).clear();
      }
      timeout(number);
      for (int round = 0; round < 2; round++) {
        for (int voter : voters) {
          deliver(number, voter);
        }
        for (int voter : voters) {
          deliver(voter, number);
        }
      }
    }
  }

  /** Whether a node's user would be told, by the node's own clock, that nobody else leads. */
  boolean isSure(int number) {
    Tenure tenure = core(number).tenure();
    return tenure != null && tenure.holdsAt(nodes.get(number).nowNs);
  }

  /** In a history in which the same time has passed for all. */
  void requireOneTenure() {
    long sure = IntStream.range(0, nodes.size()).filter(n -> isUp(n) && isSure(n)).count();
    if (sure > 1) {
      throw new Invariants.ViolatedException(sure + " are sure that they lead alone");
    }
  }

  private boolean isUp(int number) {
    return nodes.get(number).core != null;
  }

  long transfer(int number, @Nullable Integer to) {
    step(number, new Input.Transfer(nextToken, to == null ? null : member(to).peer()));
    return nextToken++;
  }

  void heartbeat(int number) {
    step(number, new Input.TimerFired(TimerKind.HEARTBEAT));
  }

  List<Effect> step(int number, Input input) {
    Node node = nodes.get(number);
    var out = new ArrayList<Effect>();
    if (node.core != null) {
      node.core.step(input, node.nowNs, out);
      node.core.flush(node.nowNs, out);
      if (node.core.state().leads()) {
        invariants.leads(node.member, node.core.state());
      }
      carryOut(number, out);
    }
    return out;
  }

  void propose(int number, String command) {
    propose(number, command.getBytes(UTF_8));
  }

  void propose(int number, byte[] command) {
    step(number, new Input.Propose(nextToken++, List.of(command)));
  }

  /** The next message on the way from one to another arrives, if there is any. */
  boolean deliver(int from, int to) {
    Message message = wire(from, to).poll();
    if (message == null) {
      return false;
    }
    step(to, new Input.Received(member(from), message));
    return true;
  }

  void deliverAll(int from, int to) {
    boolean more = true;
    while (more) {
      more = deliver(from, to);
    }
  }

  /** Messages between these two arrive until there are no more. */
  void exchange(int one, int other) {
    boolean more = true;
    while (more) {
      boolean there = deliver(one, other);
      boolean back = deliver(other, one);
      more = there || back;
    }
  }

  /** All messages arrive. */
  void settle() {
    boolean any = true;
    while (any) {
      any = false;
      for (int i = 0; i < nodes.size(); i++) {
        for (int j = 0; j < nodes.size(); j++) {
          any |= i != j && deliver(i, j);
        }
      }
    }
  }

  /** From here on, writes of this node take until {@link #sync}. */
  void slowDisk(int number) {
    nodes.get(number).slowDisk = true;
  }

  /** A leader beats so often, every 800 ms by its clock, and is answered. */
  void beat(int number, int times) {
    for (int i = 0; i < times; i++) {
      settle();
      pass(number, Duration.ofMillis(800));
      heartbeat(number);
    }
  }

  void sync(int number) {
    Node node = nodes.get(number);
    node.disk.sync();
    node.queue.durable(node.queue.writes());
    carryOut(number);
  }

  /** What the node's core has asked for since it was made, but for messages and timers. */
  <E extends Effect> List<E> told(int number, Class<E> kind) {
    return nodes.get(number).effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<String> commands(int number) {
    return told(number, Effect.Apply.class).stream()
        .flatMap(apply -> apply.entries().stream())
        .filter(entry -> entry instanceof Entry.Command)
        .map(entry -> new String(((Entry.Command) entry).bytes(), UTF_8))
        .toList();
  }

  private void carryOut(int number, List<Effect> effects) {
    Node node = nodes.get(number);
    for (Effect effect : effects) {
      if (effect instanceof Effect.Persist persist) {
        node.disk.write(persist.write());
        node.queue.written(persist.write());
        if (!node.slowDisk) {
          node.disk.sync();
          node.queue.durable(node.queue.writes());
        }
      } else {
        node.queue.add(effect);
      }
    }
    carryOut(number);
  }

  private void carryOut(int number) {
    Node node = nodes.get(number);
    for (Effect effect = node.queue.poll(); effect != null; effect = node.queue.poll()) {
      switch (effect) {
        case Effect.Send send -> {
          for (int other : node.bonded) {
            if (member(other).equals(send.to())) {
              invariants.sends(node.member, send.to(), send.message());
              wire(number, other).add(send.message());
            }
          }
        }
        case Effect.Broadcast broadcast -> {
          for (int other : node.bonded) {
            wire(number, other).add(broadcast.message());
          }
        }
        case Effect.Apply apply -> {
          node.effects.add(apply);
          node.appliedLineage =
              Invariants.lineageOf(
                  state(number), node.appliedLineage, apply.firstIndex(), apply.entries());
          invariants.applies(
              node.member,
              node.appliedLineage,
              state(number).term(),
              apply.firstIndex(),
              apply.entries());
        }
        case Effect.Reverted reverted -> {
          node.effects.add(reverted);
          invariants.reverts(reverted.lineage());
        }
        default -> node.effects.add(effect);
      }
    }
    LogPosition stored = node.queue.pollStored();
    if (stored != null) {
      step(number, new Input.Persisted(stored));
      carryOut(number);
    }
  }
}
