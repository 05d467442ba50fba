package io.mosaik.sample.trader;

import io.mosaik.sample.OrdersFileException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong with an orders file instead of showing a stack trace. */
class OrdersFileFailureAnalyzer extends AbstractFailureAnalyzer<OrdersFileException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, OrdersFileException cause) {
    return new FailureAnalysis(
        "The orders can't be read: " + cause.getMessage(),
        "Correct the file, or leave out --orders to send the packaged one.",
        cause);
  }
}
