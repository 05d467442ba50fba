package io.mosaik.architecture.violations.groups;

import io.mosaik.architecture.violations.runtime.Strand;
import java.util.concurrent.CompletableFuture;

/** Breaks nothing. */
public class Clean {
  CompletableFuture<String> shout(CompletableFuture<String> words, Strand strand) {
    return words.thenApplyAsync(each -> each + "!", strand);
  }
}
