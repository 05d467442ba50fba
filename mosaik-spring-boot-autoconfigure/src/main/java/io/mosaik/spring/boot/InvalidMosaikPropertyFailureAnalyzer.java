package io.mosaik.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property is wrong, why, and what a right value looks like. */
final class InvalidMosaikPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidMosaikPropertyException> {

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, InvalidMosaikPropertyException cause) {
    return new FailureAnalysis(
        "The property '" + cause.property() + "' can't be used: " + cause.getMessage() + ".",
        "Set it to a right value, for example:\n\n    " + cause.property() + ": " + cause.example(),
        cause);
  }
}
