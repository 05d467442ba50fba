package io.mosaik.streams;

import io.mosaik.runtime.Strand;

/**
 * Takes datums for someone who doesn't come for them: a listener, a future, a subscriber. It works
 * on a strand of users' code, for decoding and listening are that, and goes to sleep while there is
 * nothing to take or nobody wants it.
 *
 * @param <T> the datums
 */
final class Delivery<T> {

  /** What one who is served wants now. */
  enum Wish {
    /** The next datum, and to hear about the end. */
    DATUM,
    /** To hear about the end alone. */
    END,
    /** Nothing, until {@link Delivery#wake}. */
    NOTHING
  }

  /** Who is served; on the strand. */
  interface Sink<T> {

    /** What it wants now. */
    Wish wish();

    /** The next datum; returns whether it was taken. */
    boolean take(Received<T> datum);

    /** Nothing more comes. Called once for each time that the end was wished for. */
    void over();
  }

  private static final int DATUMS_PER_TURN = 256;

  private final Strand strand;
  private final Inbox<T> inbox;
  private final Sink<T> sink;
  private boolean sleeping;

  Delivery(Strand userStrand, Inbox<T> inbox, Sink<T> sink) {
    this.strand = userStrand;
    this.inbox = inbox;
    this.sink = sink;
  }

  /** The sink may want something; from any thread. */
  void wake() {
    strand.execute(this::turn);
  }

  private void turn() {
    boolean goesOn = true;
    try {
      for (int delivered = 0; goesOn && delivered < DATUMS_PER_TURN; delivered++) {
        goesOn = deliverOne();
      }
    } finally { // whatever fails, who is served is not forgotten
      if (goesOn) {
        wake();
      }
    }
  }

  /** Returns whether there may be more to do at once. */
  private boolean deliverOne() {
    Wish wish = sink.wish();
    if (wish == Wish.NOTHING) {
      return false;
    }
    boolean over = inbox.isOver();
    if (wish == Wish.DATUM) {
      Received<T> next = inbox.poll();
      if (next != null) {
        if (!sink.take(next)) {
          inbox.giveBack(next);
        }
        return true;
      }
    }
    if (over && inbox.isEmpty()) {
      sink.over();
      return false;
    }
    return !sleep(wish);
  }

  /** Arranges to be woken; returns whether there is nothing to do until then. */
  private boolean sleep(Wish wish) {
    if (!sleeping) {
      sleeping = true;
      var unused =
          inbox
              .arrival()
              .thenRun(() ->
                  strand.execute(() -> {
                    sleeping = false;
                    turn();
                  }));
    }
    boolean nothingToTake = wish == Wish.END || inbox.isEmpty();
    return nothingToTake && !(inbox.isOver() && inbox.isEmpty());
  }
}
