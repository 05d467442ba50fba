package io.mosaik.durable;

import java.io.IOException;
import java.nio.file.Path;

/** A process that holds a log until its input ends. */
final class LockHolder {

  private LockHolder() {}

  /** With the directory. */
  public static void main(String[] args) throws IOException {
    try (DurableLogStorage storage = DurableLogStorage.at(Path.of(args[0])).prepare()) {
      System.out.println("holds it: " + storage.isDurable());
      while (System.in.read() >= 0) {
        // until whoever has started it closes the pipe, or dies
      }
    }
  }
}
