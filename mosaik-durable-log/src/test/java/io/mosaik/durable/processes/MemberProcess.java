package io.mosaik.durable.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One run of a member, from its start to its death. */
final class MemberProcess {

  private final Process process;
  private final Writer input;
  private final Listener listener;
  private final AtomicInteger underWay = new AtomicInteger();
  private final BlockingQueue<String> answers = new ArrayBlockingQueue<>(16);

  /** Hears what members say unasked, on threads of its own. */
  interface Listener {

    /** It has acknowledged a write. */
    void acknowledged(long number);

    /** It has started from a snapshot. */
    void restored();
  }

  private MemberProcess(Process process, Listener listener) {
    this.process = process;
    this.listener = listener;
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("output of " + process.pid()).start(this::read);
  }

  /**
   * Starts one.
   *
   * @param errors where its warnings go
   * @param listener hears what it says unasked
   */
  static MemberProcess start(
      List<String> prefix, Path errors, List<String> arguments, Listener listener)
      throws IOException {
    var command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            MemberMain.class.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    return new MemberProcess(process, listener);
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (!line.startsWith("@")) {
          System.out.println(process.pid() + ": " + line);
          continue;
        }
        String[] words = line.substring(1).split(" ", -1);
        switch (words[0]) {
          case "ok" -> {
            listener.acknowledged(Long.parseLong(words[1]));
            underWay.decrementAndGet();
          }
          case "no" -> underWay.decrementAndGet();
          case "restored" -> listener.restored();
          default -> answers.put(line.substring(1));
        }
      }
    } catch (IOException e) {
      // it was killed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many writes it has not answered yet. */
  int underWay() {
    return underWay.get();
  }

  /** Asks it to write a number; if it is dead or dies meanwhile, nothing comes of it. */
  void write(long number) {
    underWay.incrementAndGet();
    tell("write " + number);
  }

  /** Asks it something else; null if it doesn't answer in time. */
  @Nullable String ask(String line, int seconds) throws InterruptedException {
    answers.clear();
    tell(line);
    return answers.poll(seconds, TimeUnit.SECONDS);
  }

  private void tell(String line) {
    try {
      synchronized (input) {
        input.write(line + "\n");
        input.flush();
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it, which it can't notice. Returns when it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }
}
