package io.mosaik.transport;

import io.mosaik.runtime.Strand;
import io.mosaik.runtime.Timer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of one connection: exchanges the greetings on it, and then passes its events to its link.
 * Called on the transport's thread only, except for the greeting's deadline.
 *
 * @param <M> the messages of the link
 */
final class GreetedConnection<M> implements ConnectionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(GreetedConnection.class);

  /** What the connections of one node have in common. */
  record Context(Greeting greeting, LinkOptions options, Strand timers) {}

  private enum State {
    /** Neither opened nor closed. */
    DIALLING,
    /** Open; the other side's greeting is awaited. */
    GREETING,
    /** The other side is admitted; events belong to the link. */
    ADMITTED,
    /** Being closed by this side before it was admitted; events don't matter. */
    REFUSED
  }

  private final Context context;
  private final Protocol<M> protocol;
  private final EndpointLink<M> link;
  private final @Nullable LinkAcceptor<M> acceptor;
  private final Consumer<CloseReason> neverOpened;

  private volatile State state = State.DIALLING;
  private @Nullable Connection connection;
  private @Nullable Timer deadline;

  /** Whether this is the link's connection, not one that came second. */
  private boolean chosen;

  private GreetedConnection(
      Context context,
      Protocol<M> protocol,
      EndpointLink<M> link,
      @Nullable LinkAcceptor<M> acceptor,
      Consumer<CloseReason> neverOpened) {
    this.context = context;
    this.protocol = protocol;
    this.link = link;
    this.acceptor = acceptor;
    this.neverOpened = neverOpened;
  }

  /**
   * One attempt to give a dialled link its connection.
   *
   * @param neverOpened told why, if the connection is not made
   */
  static <M> GreetedConnection<M> dialling(
      Context context,
      Protocol<M> protocol,
      EndpointLink<M> link,
      Consumer<CloseReason> neverOpened) {
    return new GreetedConnection<>(context, protocol, link, null, neverOpened);
  }

  /** A connection that the other side makes. */
  static <M> GreetedConnection<M> accepting(
      Context context, Protocol<M> protocol, Strand strand, LinkAcceptor<M> acceptor) {
    EndpointLink<M> link = EndpointLink.accepted(protocol, context.options, strand);
    return new GreetedConnection<>(context, protocol, link, acceptor, reason -> {});
  }

  @Override
  public void opened(Connection opened) {
    connection = opened;
    opened.limitFrames(Greeting.MAX_FRAME_BYTES);
    if (!link.attach(opened)) {
      state = State.REFUSED;
      opened.close(CloseReason.CANCELLED);
      return;
    }
    chosen = true;
    state = State.GREETING;
    deadline = context.timers.schedule(context.options.greetingDeadline(), this::expire);
    if (opened.dialled()) {
      opened.send(context.greeting.own(opened, protocol.revision()));
      if (!context.greeting.demandsProof()) {
        link.release(opened);
      }
    }
  }

  @Override
  public void received(byte[] payload) {
    switch (state) {
      case ADMITTED -> link.received(payload);
      case GREETING -> greeted(payload);
      case DIALLING, REFUSED -> {}
    }
  }

  private void greeted(byte[] payload) {
    Connection on = opened();
    CloseReason refusal = context.greeting.refuse(on, protocol.revision(), payload);
    if (refusal != null) {
      refuse(on, refusal);
      return;
    }
    state = State.ADMITTED;
    on.limitFrames(protocol.maxFrameBytes());
    cancelDeadline();
    if (!on.dialled()) {
      on.send(context.greeting.own(on, protocol.revision()));
    }
    link.release(on);
    link.admitted(acceptor);
  }

  @Override
  public void drained() {
    link.drained();
  }

  @Override
  public void closed(CloseReason reason) {
    cancelDeadline();
    if (state == State.DIALLING) {
      neverOpened.accept(reason);
    } else if (chosen) {
      link.finish(reason);
    }
  }

  private void expire() {
    if (state == State.GREETING) {
      refuse(opened(), CloseReason.TIMED_OUT.because("no greeting"));
    }
  }

  private void refuse(Connection on, CloseReason reason) {
    LOG.debug("{}: {} is refused: {}", protocol.alpn(), on.remoteAddress(), reason);
    state = State.REFUSED;
    on.close(reason);
  }

  private Connection opened() {
    Connection opened = connection;
    if (opened == null) {
      throw new IllegalStateException("an event of a connection before it was opened");
    }
    return opened;
  }

  private void cancelDeadline() {
    Timer timer = deadline;
    if (timer != null) {
      timer.cancel();
    }
  }
}
