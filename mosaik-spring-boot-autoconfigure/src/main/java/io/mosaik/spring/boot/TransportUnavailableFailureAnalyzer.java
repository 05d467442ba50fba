package io.mosaik.spring.boot;

import io.mosaik.transport.TransportUnavailableException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says that QUIC doesn't work on this machine, and what to add. */
final class TransportUnavailableFailureAnalyzer
    extends AbstractFailureAnalyzer<TransportUnavailableException> {

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, TransportUnavailableException cause) {
    return new FailureAnalysis(
        "The node can't start: " + cause.getMessage(),
        "Do what is said above: no property of mosaik.* changes this. To start the application"
            + " without a node, set:\n\n    mosaik.enabled: false",
        cause);
  }
}
