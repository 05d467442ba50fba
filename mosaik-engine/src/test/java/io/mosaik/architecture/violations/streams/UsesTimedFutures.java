package io.mosaik.architecture.violations.streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class UsesTimedFutures {
  CompletableFuture<String> timed(CompletableFuture<String> future) {
    return future.orTimeout(1, TimeUnit.SECONDS);
  }

  CompletableFuture<String> pooled() {
    return CompletableFuture.supplyAsync(() -> "");
  }

  CompletableFuture<Integer> pooledToo(CompletableFuture<String> future) {
    return future.thenApplyAsync(String::length);
  }
}
