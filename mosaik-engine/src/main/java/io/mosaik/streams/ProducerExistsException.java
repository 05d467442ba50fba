package io.mosaik.streams;

/** This node produces the stream already. */
public final class ProducerExistsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Producer<?> existing;

  /** With the producer that is there. */
  public ProducerExistsException(Producer<?> existing) {
    super(
        "this node already produces the stream "
            + existing.stream().toShortString()
            + "; use existing() or streams().produce(type)");
    this.existing = existing;
  }

  /** The producer that is there. */
  public Producer<?> existing() {
    return existing;
  }
}
