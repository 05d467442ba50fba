package io.mosaik.groups.config;

import io.mosaik.groups.log.Committee;
import io.mosaik.id.Digest;
import io.mosaik.wire.BinaryWriter;
import java.time.Duration;

/**
 * The settings that all members of a group share; they are part of the group's id, so members that
 * differ in any never meet. Immutable: {@link #builder} begins with the defaults, {@link
 * #toBuilder} with what is set here.
 *
 * @param heartbeatInterval how often a bond or leader that is otherwise silent says that it lives
 * @param heartbeatJitter at most this much, at random, is taken off the heartbeat interval
 * @param maxMissedHeartbeats after so many intervals of silence a bond is dead
 * @param electionTimeout how long a voter waits for a leader before it stands for election
 * @param electionTimeoutJitter at most this much, at random, is added to the election timeout
 * @param bootstrapDelay added to the election timeout of a node that has no log yet
 * @param forwardTimeout after this long without progress, commands are sent to the leader again
 * @param queryTimeout how long a strong read waits for its confirmation
 * @param bootstrapExpect how many members, at least, form the first committee's electorate; set to
 *     the size of the deployment it excludes that two halves form apart
 * @param maxCommitteeSize the most voters
 * @param clockDriftBound by how much, at most, the clock of one member runs faster than that of
 *     another: 0.1 is a tenth. A leader is sure of its leadership for the election timeout divided
 *     by one more than this
 * @param leaseReads whether a leader that is sure of its leadership answers strong reads without
 *     asking its majority. It saves a round trip, and makes reads as sound as the bound on clocks
 * @param quorumPolicy what the group gives up when its members can't all see each other
 */
public record ConsensusConfig(
    Duration heartbeatInterval,
    Duration heartbeatJitter,
    int maxMissedHeartbeats,
    Duration electionTimeout,
    Duration electionTimeoutJitter,
    Duration bootstrapDelay,
    Duration forwardTimeout,
    Duration queryTimeout,
    int bootstrapExpect,
    int maxCommitteeSize,
    double clockDriftBound,
    boolean leaseReads,
    QuorumPolicy quorumPolicy) {

  private static final Duration LONGEST = Duration.ofDays(1);
  private static final double MAX_DRIFT = 10;

  /**
   * The defaults: heartbeats every 500 ms less up to 150 ms, dead after 10; elections after 2 s and
   * up to 500 ms more; 3 s of bootstrap delay; 2 s to forward and to query; one node is enough to
   * form a group; committees of at most 5; clocks that differ by a tenth at most, which is more
   * than a clock that is being corrected does; strong reads that ask a majority; nothing that was
   * acknowledged is lost.
   */
  public static final ConsensusConfig DEFAULT =
      new ConsensusConfig(
          Duration.ofMillis(500),
          Duration.ofMillis(150),
          10,
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          1,
          5,
          0.1,
          false,
          QuorumPolicy.COMMITTED);

  /**
   * Checks all settings.
   *
   * @throws IllegalArgumentException if one is out of its range, saying which and what is allowed
   */
  public ConsensusConfig {
    requireTime("heartbeatInterval", heartbeatInterval, Duration.ofMillis(1));
    requireTime("heartbeatJitter", heartbeatJitter, Duration.ZERO);
    requireTime("electionTimeout", electionTimeout, Duration.ofMillis(2));
    requireTime("electionTimeoutJitter", electionTimeoutJitter, Duration.ofMillis(1));
    requireTime("bootstrapDelay", bootstrapDelay, Duration.ZERO);
    requireTime("forwardTimeout", forwardTimeout, Duration.ofMillis(1));
    requireTime("queryTimeout", queryTimeout, Duration.ofMillis(1));
    if (heartbeatJitter.compareTo(heartbeatInterval) >= 0) {
      throw new IllegalArgumentException(
          "heartbeatJitter is taken off heartbeatInterval ("
              + heartbeatInterval
              + ") and must be less, it is "
              + heartbeatJitter);
    }
    if (electionTimeout.compareTo(heartbeatInterval.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "electionTimeout must be at least twice heartbeatInterval ("
              + heartbeatInterval
              + "), it is "
              + electionTimeout);
    }
    requireCount("maxMissedHeartbeats", maxMissedHeartbeats, 1_000);
    requireCount("bootstrapExpect", bootstrapExpect, 10_000);
    requireCount("maxCommitteeSize", maxCommitteeSize, Committee.MAX_SIZE);
    if (quorumPolicy == QuorumPolicy.BONDED && leaseReads) {
      throw new IllegalArgumentException(
          "leaseReads are strong reads, which there are none of under QuorumPolicy.BONDED");
    }
    if (!(clockDriftBound >= 0 && clockDriftBound <= MAX_DRIFT)) {
      throw new IllegalArgumentException(
          "clockDriftBound is from 0 to " + MAX_DRIFT + ", it is " + clockDriftBound);
    }
  }

  private static void requireTime(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " is from " + least + " to " + LONGEST + ", it is " + value);
    }
  }

  private static void requireCount(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " is from 1 to " + most + ", it is " + value);
    }
  }

  /** The digest of all settings, which goes into the group's id. */
  public Digest digest() {
    var out = new BinaryWriter();
    out.i64(heartbeatInterval.toNanos()).i64(heartbeatJitter.toNanos()).i32(maxMissedHeartbeats);
    out.i64(electionTimeout.toNanos()).i64(electionTimeoutJitter.toNanos());
    out.i64(bootstrapDelay.toNanos()).i64(forwardTimeout.toNanos()).i64(queryTimeout.toNanos());
    out.i32(bootstrapExpect).i32(maxCommitteeSize);
    out.i64(Double.doubleToLongBits(clockDriftBound)).bool(leaseReads);
    out.bool(quorumPolicy == QuorumPolicy.BONDED);
    return Digest.ofName("mosaik.groups.consensus").derive(out.toByteArray());
  }

  /** How long a bond may be silent before it is dead. */
  public Duration deadAfter() {
    return heartbeatInterval.multipliedBy(maxMissedHeartbeats);
  }

  /** For how long a leader that a majority has confirmed is sure that there is no other (T2). */
  public Duration leaseDuration() {
    return Duration.ofNanos((long) (electionTimeout.toNanos() / (1 + clockDriftBound)));
  }

  /** The defaults, to be changed. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** These settings, to be changed in a copy. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Settings in the making; each has the default until it is set, and the meaning that {@link
   * ConsensusConfig} says. Not thread-safe.
   */
  public static final class Builder {

    private Duration heartbeatInterval;
    private Duration heartbeatJitter;
    private int maxMissedHeartbeats;
    private Duration electionTimeout;
    private Duration electionTimeoutJitter;
    private Duration bootstrapDelay;
    private Duration forwardTimeout;
    private Duration queryTimeout;
    private int bootstrapExpect;
    private int maxCommitteeSize;
    private double clockDriftBound;
    private boolean leaseReads;
    private QuorumPolicy quorumPolicy;

    private Builder(ConsensusConfig from) {
      heartbeatInterval = from.heartbeatInterval;
      heartbeatJitter = from.heartbeatJitter;
      maxMissedHeartbeats = from.maxMissedHeartbeats;
      electionTimeout = from.electionTimeout;
      electionTimeoutJitter = from.electionTimeoutJitter;
      bootstrapDelay = from.bootstrapDelay;
      forwardTimeout = from.forwardTimeout;
      queryTimeout = from.queryTimeout;
      bootstrapExpect = from.bootstrapExpect;
      maxCommitteeSize = from.maxCommitteeSize;
      clockDriftBound = from.clockDriftBound;
      leaseReads = from.leaseReads;
      quorumPolicy = from.quorumPolicy;
    }

    /** How often a bond or leader that is otherwise silent says that it lives. */
    public Builder heartbeatInterval(Duration value) {
      heartbeatInterval = value;
      return this;
    }

    /** What is taken off the heartbeat interval at most, at random. */
    public Builder heartbeatJitter(Duration value) {
      heartbeatJitter = value;
      return this;
    }

    /** After so many intervals of silence a bond is dead. */
    public Builder maxMissedHeartbeats(int value) {
      maxMissedHeartbeats = value;
      return this;
    }

    /** How long a voter waits for a leader before it stands for election. */
    public Builder electionTimeout(Duration value) {
      electionTimeout = value;
      return this;
    }

    /** What is added to the election timeout at most, at random. */
    public Builder electionTimeoutJitter(Duration value) {
      electionTimeoutJitter = value;
      return this;
    }

    /** What is added to the election timeout of a node that has no log yet. */
    public Builder bootstrapDelay(Duration value) {
      bootstrapDelay = value;
      return this;
    }

    /** After this long without progress, commands are sent to the leader again. */
    public Builder forwardTimeout(Duration value) {
      forwardTimeout = value;
      return this;
    }

    /** How long a strong read waits for its confirmation. */
    public Builder queryTimeout(Duration value) {
      queryTimeout = value;
      return this;
    }

    /** How many members, at least, form the first committee's electorate. */
    public Builder bootstrapExpect(int value) {
      bootstrapExpect = value;
      return this;
    }

    /** The most voters. */
    public Builder maxCommitteeSize(int value) {
      maxCommitteeSize = value;
      return this;
    }

    /** By how much, at most, one member's clock runs faster than another's; 0.1 is a tenth. */
    public Builder clockDriftBound(double value) {
      clockDriftBound = value;
      return this;
    }

    /** Whether a leader that is sure of its leadership answers strong reads by itself. */
    public Builder leaseReads(boolean value) {
      leaseReads = value;
      return this;
    }

    /** What the group gives up when its members can't all see each other. */
    public Builder quorumPolicy(QuorumPolicy value) {
      quorumPolicy = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException if one is out of its range, saying which and what is allowed
     */
    public ConsensusConfig build() {
      return new ConsensusConfig(
          heartbeatInterval,
          heartbeatJitter,
          maxMissedHeartbeats,
          electionTimeout,
          electionTimeoutJitter,
          bootstrapDelay,
          forwardTimeout,
          queryTimeout,
          bootstrapExpect,
          maxCommitteeSize,
          clockDriftBound,
          leaseReads,
          quorumPolicy);
    }
  }
}
