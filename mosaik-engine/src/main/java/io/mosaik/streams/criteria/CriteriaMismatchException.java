package io.mosaik.streams.criteria;

/**
 * Criteria that a type of datums can't answer: the message names the component and what is wrong
 * with it, in one line.
 */
public final class CriteriaMismatchException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  CriteriaMismatchException(String message) {
    super(message);
  }
}
