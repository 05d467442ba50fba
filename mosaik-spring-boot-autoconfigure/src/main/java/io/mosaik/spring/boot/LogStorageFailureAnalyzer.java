package io.mosaik.spring.boot;

import io.mosaik.groups.log.LogStorageException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which log can't be used, and why. */
final class LogStorageFailureAnalyzer extends AbstractFailureAnalyzer<LogStorageException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LogStorageException cause) {
    return new FailureAnalysis(
        "A log below mosaik.storage.directory can't be used: " + cause.getMessage(),
        "Do what is said above. Two instances of an application need two directories:\n\n"
            + "    mosaik.storage.directory: /var/lib/my-application/one",
        cause);
  }
}
