package io.mosaik.streams;

import io.mosaik.id.PeerId;
import io.mosaik.streams.flow.ReceiveWindow;
import io.mosaik.streams.flow.StateAssembly;
import io.mosaik.streams.protocol.DatumBatch;
import io.mosaik.streams.protocol.StreamCloseReasons;
import io.mosaik.streams.protocol.StreamMessage;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Link;
import io.mosaik.transport.LinkHandler;
import io.mosaik.wire.MalformedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer has of one producer: at most one link at a time, and the account of what was
 * received and taken, which outlives the links. It is on the consumer's strand, but for {@link
 * #taken}.
 */
final class ProducerSource implements LinkHandler<StreamMessage> {

  /** From so many waiting bytes on nothing more is asked for. */
  static final long WINDOW_BYTES = 8L * 1024 * 1024;

  /** So small a part of the window may be taken before it is accounted for. */
  private static final int WINDOW_SHARE = 64;

  private static final int MOST_ACCOUNTED_TOGETHER = 64;

  private final PeerId peer;
  private final ConsumerWorker consumer;
  private final ReceiveWindow window;
  private final int accountedTogether;
  private final boolean shared;
  private final ConsumerSettings.@Nullable Wish fold;
  private final AtomicLong receivedDatums = new AtomicLong();
  private final AtomicLong takenDatums = new AtomicLong();
  private final AtomicLong takenBytes = new AtomicLong();
  private final AtomicBoolean complained = new AtomicBoolean();
  private final AtomicBoolean regrantDue = new AtomicBoolean();
  private volatile long grantedAtDatums;
  private volatile long grantedAtBytes;
  private @Nullable Link<StreamMessage> link;
  private boolean accepted;
  private int linkNumber;
  private long receivedBefore;
  private long told;
  private boolean leftOnPurpose;
  private boolean startingOver;
  private boolean doubtful;
  private boolean receivedOnLink;
  private StreamMessage.From.@Nullable Position position;
  private boolean stateDue;
  private @Nullable StateAssembly assembly;
  private HandOver.@Nullable Standing state;
  private HandOver.@Nullable Missing lastGap;
  private SubscriptionRecord record;
  private long toldCode;

  /**
   * @param shared whether the producer's datums are shared with others
   * @param fold whose state is to come first; null for none
   */
  ProducerSource(
      PeerId peer,
      ConsumerWorker consumer,
      int windowDatums,
      boolean shared,
      ConsumerSettings.@Nullable Wish fold) {
    this.fold = fold;
    this.peer = peer;
    this.shared = shared;
    this.consumer = consumer;
    this.window = new ReceiveWindow(windowDatums, WINDOW_BYTES);
    // What is taken back at the end of a link must be known to a datum.
    this.accountedTogether =
        shared ? 1 : Math.clamp(windowDatums / WINDOW_SHARE, 1, MOST_ACCOUNTED_TOGETHER);
    this.record = newRecord();
  }

  PeerId peer() {
    return peer;
  }

  /** What is shown of the present link, or of the last one. */
  SubscriptionRecord record() {
    return record;
  }

  private SubscriptionRecord newRecord() {
    return new SubscriptionRecord(peer, () -> receivedDatums.get() - takenDatums.get());
  }

  /** Whether it holds nothing that forgetting it would lose. */
  boolean isIdle() {
    return link == null && window.waitingDatums(takenDatums.get()) == 0;
  }

  /** The gap after which nothing has come from the producer, if there is one. */
  HandOver.@Nullable Missing lastGap() {
    return lastGap;
  }

  void lastGap(HandOver.@Nullable Missing gap) {
    lastGap = gap;
  }

  /** Whether nobody asked before: what goes wrong with each of its datums is told once. */
  boolean isFirstComplaint() {
    return complained.compareAndSet(false, true);
  }

  /** Whether a close for this reason was not the last that was asked for here. */
  boolean isNews(CloseReason reason) {
    boolean news = toldCode != reason.code();
    toldCode = reason.code();
    return news;
  }

  /** A new link begins; returns what to ask with. */
  StreamMessage.Credit begin() {
    if (stateDue || assembly != null) {
      window.forget(); // the link was accepted, but there is no state yet to go on from
    }
    CloseReason lastClose = record.lastClose();
    record = newRecord();
    record.lastClose(lastClose);
    accepted = false;
    linkNumber++;
    receivedBefore = receivedDatums.get();
    told = 0;
    startingOver = false;
    receivedOnLink = false;
    stateDue = false;
    assembly = null;
    markGranted();
    return window.begin(grantedAtDatums, grantedAtBytes);
  }

  /** Where the new link begins. */
  StreamMessage.From from(Start start, boolean resume) {
    boolean goesOn = resume && !leftOnPurpose;
    boolean isKnown = window.position() != null;
    position = goesOn ? window.position() : null;
    if (isKnown) {
      return position == null ? StreamMessage.From.NOW : position;
    }
    return switch (start) {
      case NOW -> StreamMessage.From.NOW;
      case EARLIEST -> StreamMessage.From.EARLIEST;
    };
  }

  /** The state that came last, as it waits for the application or was taken. */
  HandOver.@Nullable Standing state() {
    return state;
  }

  void state(HandOver.@Nullable Standing now) {
    state = now;
  }

  /** What came is not for the application; it counts as taken. */
  void passOver(int datums, long bytes) {
    takenDatums.addAndGet(datums);
    takenBytes.addAndGet(bytes);
  }

  /** What came is of no use without what is missing: begins again with a state. */
  void startOver() {
    window.forget();
    startingOver = true;
    close(StreamCloseReasons.TOO_SLOW.because("datums are missing, the state is asked for again"));
  }

  /** Whether a view could make nothing of what came, and has folded nothing since. */
  boolean isDoubtful() {
    return doubtful;
  }

  void doubtful(boolean now) {
    doubtful = now;
  }

  /**
   * It is let go, and what it sends until it has accepted us again is of no interest; returns
   * whether it was of any before.
   */
  boolean leave() {
    boolean isNews = !leftOnPurpose;
    leftOnPurpose = true;
    return isNews;
  }

  void link(Link<StreamMessage> dialled) {
    link = dialled;
  }

  /** The round-trip time as the link measures it; null if there is none. */
  @Nullable Duration rtt() {
    return link == null ? null : link.rtt();
  }

  /** Tells this producer's links apart. */
  int linkNumber() {
    return linkNumber;
  }

  void close(CloseReason reason) {
    if (link != null) {
      if (shared && accepted) {
        leaveToOthers(link);
      }
      link.close(reason);
    }
  }

  /** How many datums of a batch are accounted for together when they are taken. */
  int accountedTogether() {
    return accountedTogether;
  }

  /** The application took datums of so many bytes; from any thread. */
  void taken(int moreDatums, long moreBytes) {
    long datums = takenDatums.addAndGet(moreDatums);
    long bytes = takenBytes.addAndGet(moreBytes);
    boolean muchTaken =
        datums - grantedAtDatums >= window.regrantStep()
            || bytes - grantedAtBytes >= WINDOW_BYTES / 4;
    if ((muchTaken || shared) && regrantDue.compareAndSet(false, true)) {
      consumer.strand().execute(this::regrant);
    }
  }

  private void regrant() {
    regrantDue.set(false);
    if (link == null || !accepted) {
      return;
    }
    long datums = takenDatums.get();
    long bytes = takenBytes.get();
    if (shared) {
      tell(link, datums - receivedBefore);
    }
    StreamMessage.Credit more = window.regrant(datums, bytes);
    if (more != null) {
      grantedAtDatums = datums;
      grantedAtBytes = bytes;
      link.send(more);
    }
  }

  /** Lets the producer know how many datums of this link were taken. */
  private void tell(Link<StreamMessage> to, long taken) {
    if (taken > told) {
      told = taken;
      to.send(new StreamMessage.Taken(taken));
    }
  }

  /** What was not taken goes to others; just how much that is, the producer hears before. */
  private void leaveToOthers(Link<StreamMessage> from) {
    accepted = false;
    tell(from, receivedDatums.get() - receivedBefore - revoke());
  }

  private int revoke() {
    HandOver.Revoked revoked = consumer.revoke(this);
    takenDatums.addAndGet(revoked.datums());
    takenBytes.addAndGet(revoked.bytes());
    return revoked.datums();
  }

  private void markGranted() {
    grantedAtDatums = takenDatums.get();
    grantedAtBytes = takenBytes.get();
  }

  /** A batch is only noted and put where the application takes it. */
  @Override
  public boolean isBrief() {
    return true;
  }

  @Override
  public void received(Link<StreamMessage> from, StreamMessage message, int wireBytes) {
    switch (message) {
      case StreamMessage.State announced -> {
        if (fold == null || !accepted || assembly != null || receivedOnLink) {
          throw outOfPlace(message);
        }
        assembly = new StateAssembly(announced, fold.maxBytes());
        complete(assembly.complete());
      }
      case StreamMessage.StatePart part -> {
        if (assembly == null) {
          throw outOfPlace(message);
        }
        complete(assembly.add(part));
      }
      case DatumBatch batch -> {
        if (startingOver) {
          return;
        }
        if (stateDue || assembly != null) {
          throw new MalformedException("data before the state that they go on from");
        }
        receivedOnLink = true;
        long missed = window.received(batch);
        long bytes = batch.sizeBytes(0, batch.count());
        receivedDatums.lazySet(receivedDatums.getPlain() + batch.count());
        record.carried(batch.count(), bytes);
        record.dropped(missed);
        consumer.received(this, batch, bytes, missed);
      }
      case StreamMessage.Accepted accept -> {
        boolean goesOn =
            position != null && position.isAt(accept.incarnation(), accept.nextSequence());
        long missed = window.accepted(accept);
        accepted = true;
        leftOnPurpose = false;
        if (fold != null) {
          stateDue = !goesOn;
        }
        boolean covered = shared || fold != null; // others got what it has not, or a state has it
        consumer.accepted(this, covered ? 0 : missed);
        regrant();
      }
      case StreamMessage.Subscribe ignored -> throw outOfPlace(message);
      case StreamMessage.Credit ignored -> throw outOfPlace(message);
      case StreamMessage.Taken ignored -> throw outOfPlace(message);
    }
  }

  private void complete(byte @Nullable [] state) {
    if (state != null) {
      assembly = null;
      stateDue = false;
      receivedOnLink = true;
      consumer.state(this, state);
    }
  }

  private static MalformedException outOfPlace(StreamMessage message) {
    return new MalformedException("out of place: " + message);
  }

  @Override
  public void closed(Link<StreamMessage> from, CloseReason reason) {
    link = null;
    if (shared && !reason.is(CloseReason.GRACEFUL_SHUTDOWN)) {
      int unused = revoke(); // the producer gives it to others
    }
    record.lastClose(reason);
    consumer.closed(this, reason);
  }
}
