package io.mosaik.transport;

import io.mosaik.runtime.Strand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a link told it, and checks that it is told on the right strand. */
class RecordingLinkHandler implements LinkHandler<String> {

  final List<String> messages = new ArrayList<>();
  private final Strand strand;
  private int openings;
  private int drains;
  private @Nullable CloseReason reason;

  RecordingLinkHandler(Strand strand) {
    this.strand = strand;
  }

  private void check() {
    if (!strand.isCurrent()) {
      throw new AssertionError("an event on another strand than " + strand.name());
    }
    if (reason != null) {
      throw new AssertionError("an event after the last one");
    }
  }

  @Override
  public void opened(Link<String> link) {
    check();
    openings++;
  }

  @Override
  public void received(Link<String> link, String message, int wireBytes) {
    check();
    messages.add(message);
  }

  @Override
  public void drained(Link<String> link) {
    check();
    drains++;
  }

  @Override
  public void closed(Link<String> link, CloseReason why) {
    check();
    reason = why;
  }

  boolean isOpened() {
    return openings == 1;
  }

  boolean hasDrained() {
    return drains > 0;
  }

  boolean isClosed() {
    return reason != null;
  }

  CloseReason reason() {
    if (reason == null) {
      throw new AssertionError("the link is not closed");
    }
    return reason;
  }
}
