package io.mosaik.streams;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Iterates by waiting for the next datum until the consumer is closed. For one thread. */
final class ReceivingIterator<T> implements Iterator<T> {

  private final Supplier<T> receive;
  private @Nullable T next;

  ReceivingIterator(Supplier<T> receive) {
    this.receive = receive;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      try {
        next = receive.get();
      } catch (ConsumerClosedException e) {
        return false;
      }
    }
    return true;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the consumer is closed, and nothing is left");
    }
    T taken = next;
    next = null;
    if (taken == null) {
      throw new IllegalStateException("used by several threads");
    }
    return taken;
  }
}
