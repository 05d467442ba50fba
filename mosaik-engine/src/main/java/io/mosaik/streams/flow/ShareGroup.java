package io.mosaik.streams.flow;

import io.mosaik.streams.criteria.Criteria;
import io.mosaik.streams.flow.WaitingDatums.Item;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The consumers that share a producer's datums under one name: each datum goes to one of them that
 * wants it. It goes to the one that has the fewest which it hasn't taken yet, in turn among equals,
 * as soon as one has room; until then it waits here. What a member was sent is kept until it says
 * that its application took it; if it leaves before, others get it, ahead of what nobody had.
 *
 * <p>To the rule for slow consumers the group is one consumer: it is slow when more datums wait
 * than may, which they do only while none of those who want them has room. When the last member has
 * left, what it had and what waited is kept for who comes back, until {@link ShareGroups} gives it
 * up.
 */
public final class ShareGroup {

  private final FanOut.Overflow overflow;
  private final int maxWaitingDatums;
  private final long maxWaitingBytes;
  private final long maxHeldBytes;
  private final Consumer<Encoded> losses;
  private final List<ShareMember> members = new ArrayList<>();
  private final Interests interests = new Interests();
  private final WaitingDatums waiting = new WaitingDatums();

  /** Of what members have, or had and did not take. */
  private long heldBytes;

  /** How many datums members have. */
  private int outstanding;

  private long nextNumber;
  private int inTurn;
  private long handedOver;
  private long lost;
  private boolean closed;

  /**
   * No members.
   *
   * @param maxWaitingDatums how many datums may wait that no member had yet, at least 1
   * @param maxBytes half of it for those, half for what members have; one datum may always
   * @param losses hears of each datum that no member gets, or of which it isn't known
   */
  ShareGroup(
      FanOut.Overflow overflow, int maxWaitingDatums, long maxBytes, Consumer<Encoded> losses) {
    this.overflow = overflow;
    this.maxWaitingDatums = maxWaitingDatums;
    this.losses = losses;
    maxWaitingBytes = maxBytes / 2;
    maxHeldBytes = Math.max(1, maxBytes / 2);
  }

  /** How many members there are. */
  public int size() {
    return members.size();
  }

  /** How many datums wait for a member that has room. */
  public int waiting() {
    return waiting.size();
  }

  /** How many datums members have that they have not taken yet. */
  public int outstanding() {
    return outstanding;
  }

  /** How many datums were taken from members that left, and given to others or kept for them. */
  public long handedOver() {
    return handedOver;
  }

  /** How many datums no member got, as far as is known. */
  public long lost() {
    return lost;
  }

  /** How many bytes are kept. */
  long keptBytes() {
    return waiting.freshBytes() + heldBytes;
  }

  /** How many datums may be appended now, see {@link FanOut#roomDatums}. */
  int roomDatums() {
    if (overflow != FanOut.Overflow.WAIT || members.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    boolean full = waiting.freshBytes() > 0 && waiting.freshBytes() >= maxWaitingBytes;
    return full ? 0 : Math.max(0, maxWaitingDatums - waiting.fresh());
  }

  /** Whether nothing waits for members that are there. */
  boolean isDrained() {
    return members.isEmpty() || waiting.size() == 0;
  }

  /**
   * Adds a member, which gets its share from now on, and of what waits.
   *
   * @param criteria which datums it wants, or null for all
   * @param matcher what they say of a datum; if it throws, the datum is not among them
   * @return the member, or null if there are {@link Interests#MOST} different criteria
   */
  public @Nullable ShareMember join(
      @Nullable Criteria criteria, Predicate<Object> matcher, Credit credit, FanOut.Output output) {
    credit.checkAhead(0, 0);
    Interests.Interest interest = interests.find(criteria, matcher);
    if (interest == null) {
      return null;
    }
    var member = new ShareMember(output, interest, credit);
    members.add(member);
    if (interest.enter() == 1) {
      sortAgain(List.of());
    }
    handOut();
    return member;
  }

  /** Removes a member; others get what it has not taken. Without effect if it is gone. */
  public void leave(ShareMember member) {
    if (members.remove(member)) {
      takeBack(member);
      handOut();
    }
  }

  /** Who wants what has changed, or some datums came back. */
  private void sortAgain(Collection<Item> back) {
    interests.forgetUnused();
    for (Item item : waiting.removeAll(back)) {
      long wanters = interests.wanters(item.datum().value());
      if (wanters == 0 && !members.isEmpty()) {
        lose(item);
      } else {
        waiting.add(wanters, item);
      }
    }
  }

  private void takeBack(ShareMember member) {
    List<Item> left = member.leave();
    outstanding -= left.size();
    if (closed) {
      left.forEach(item -> heldBytes -= item.sizeBytes());
    } else {
      handedOver += left.size();
      sortAgain(left.stream().map(Item::handedBack).toList());
    }
  }

  /**
   * Takes datums, and hands out what can be handed out now.
   *
   * @param handed is increased, by index, for each datum that some member wants
   */
  void append(List<Encoded> datums, int[] handed) {
    if (members.isEmpty()) {
      return;
    }
    for (int i = 0; i < datums.size(); i++) {
      long wanters = interests.wanters(datums.get(i).value());
      if (wanters != 0) {
        waiting.add(wanters, new Item(nextNumber++, datums.get(i), false));
        handed[i]++;
      }
    }
    handOut();
    if (isOver()) {
      overflow();
    }
  }

  /**
   * Takes a member's new credit and hands out what it allows.
   *
   * @throws MalformedException if it is smaller than before, or larger than may be asked for
   */
  public void credit(ShareMember member, Credit credit) {
    member.credit(credit);
    handOut();
  }

  /**
   * A member's application has taken so many datums since it came: these are done with.
   *
   * @throws MalformedException if these are fewer than before, or more than it was sent
   */
  public void taken(ShareMember member, long datums) {
    for (long more = member.untold(datums); more > 0; more--) {
      heldBytes -= member.take().sizeBytes();
      outstanding--;
    }
    handOut();
  }

  /** A member's link takes more again. */
  public void resume(ShareMember member) {
    if (!member.isGone()) {
      handOut();
    }
  }

  /** Nothing more is handed out: members keep what they have, and what waits is lost. */
  void close() {
    closed = true;
    loseAll();
  }

  /** Nobody has come back in time. */
  void loseAll() {
    for (Item item : waiting.removeAll(List.of())) {
      lose(item);
    }
  }

  private void lose(Item item) {
    if (item.again()) {
      heldBytes -= item.sizeBytes();
    }
    lost++;
    losses.accept(item.datum());
  }

  // ---- handing out ----

  private void handOut() {
    if (closed || waiting.size() == 0) {
      return;
    }
    for (ShareMember member : members) {
      member.refresh();
    }
    long open = open();
    while (open != 0) {
      WaitingDatums.Lane lane = waiting.first(open, heldBytes < maxHeldBytes);
      if (lane == null) {
        break;
      }
      ShareMember member = leastBusy(lane.wanters());
      Item item = waiting.remove(lane);
      if (!item.again()) {
        heldBytes += item.sizeBytes();
      }
      member.give(item);
      outstanding++;
      if (!member.hasRoom()) {
        member.flush();
        member.refresh();
        open = member.hasRoom() ? open : open();
      }
    }
    for (ShareMember member : members) {
      member.flush();
      if (waiting.size() > 0) {
        member.noteHeldBack();
      }
    }
  }

  /** A bit for each interest of which a member has room. */
  private long open() {
    long open = 0;
    for (ShareMember member : members) {
      if (member.hasRoom()) {
        open |= member.interest().bit();
      }
    }
    return open;
  }

  /** The one with the fewest datums to take, of those who want this one and have room. */
  private ShareMember leastBusy(long wanters) {
    int best = -1;
    for (int i = 0; i < members.size(); i++) {
      int at = (inTurn + i) % members.size();
      ShareMember member = members.get(at);
      if ((member.interest().bit() & wanters) != 0
          && member.hasRoom()
          && (best < 0 || member.outstanding() < members.get(best).outstanding())) {
        best = at;
      }
    }
    inTurn = best + 1;
    return members.get(best);
  }

  // ---- too slow ----

  private boolean isOver() {
    return waiting.fresh() > maxWaitingDatums
        || (waiting.fresh() > 1 && waiting.freshBytes() > maxWaitingBytes);
  }

  private void overflow() {
    switch (overflow) {
      case DISCONNECT -> {
        long unsent = waiting.fresh();
        loseFreshWhile(() -> waiting.fresh() > 0);
        List<ShareMember> givenUp = List.copyOf(members);
        members.clear();
        givenUp.forEach(this::takeBack);
        givenUp.forEach(member -> member.output().overflowed(unsent));
      }
      case SKIP_OLDEST -> loseFreshWhile(this::isOver);
      case WAIT -> {} // what was appended was asked for by roomDatums
    }
  }

  private void loseFreshWhile(BooleanSupplier condition) {
    while (condition.getAsBoolean()) {
      Item oldest = waiting.removeOldestFresh();
      if (oldest == null) {
        return;
      }
      lose(oldest);
    }
  }
}
