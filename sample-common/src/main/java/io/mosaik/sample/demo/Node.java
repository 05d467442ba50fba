package io.mosaik.sample.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node of the demonstration: a process, its log, and what it last answered. */
final class Node {

  private static final Duration ANSWER_DEADLINE = Duration.ofSeconds(15);

  /** What a node does. */
  enum Role {
    TRADER("sample-trader", "/api/trader"),
    MATCHER("sample-matcher", "/api/book"),
    REPORTER("sample-reporter", "/api/report");

    final String module;
    final String path;

    Role(String module, String path) {
      this.module = module;
      this.path = path;
    }
  }

  private final String name;
  private final Role role;
  private final int httpPort;
  private final Path log;
  private final Process process;
  private Json.@Nullable View status;
  private boolean killed;

  private Node(String name, Role role, int httpPort, Path log, Process process) {
    this.name = name;
    this.role = role;
    this.httpPort = httpPort;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a node.
   *
   * @param name what to call it
   * @param role what it does
   * @param jar its executable jar
   * @param logs the folder for its log
   * @param httpPort where it answers
   * @param environment variables to set
   * @param arguments the application's arguments
   */
  static Node start(
      String name,
      Role role,
      Path jar,
      Path logs,
      int httpPort,
      java.util.Map<String, String> environment,
      List<String> arguments) {
    Path log = logs.resolve(name + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Seven JVMs share this machine: small heaps, and code that is compiled quickly.
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--server.address=127.0.0.1",
                "--server.port=" + httpPort));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.directory(logs.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      return new Node(name, role, httpPort, log, builder.start());
    } catch (IOException e) {
      throw new DemoException(
          "cannot start " + name + " with " + new File(command.get(0)) + ": " + e);
    }
  }

  String name() {
    return name;
  }

  Role role() {
    return role;
  }

  Path log() {
    return log;
  }

  int httpPort() {
    return httpPort;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether this program killed it on purpose. */
  boolean isKilled() {
    return killed;
  }

  /** What it answered last; null before the first time. */
  Json.@Nullable View status() {
    return status;
  }

  /** Where its JSON can be read. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + httpPort + role.path);
  }

  /**
   * Asks the node how it is; {@link #status} has the answer.
   *
   * @return whether it answered; it does not while it starts
   * @throws DemoException if its process has ended although nobody killed it
   */
  boolean refresh(HttpClient http) throws InterruptedException {
    if (killed) {
      return false;
    }
    if (!process.isAlive()) {
      throw new DemoException(
          name
              + " has ended with exit code "
              + process.exitValue()
              + "; its last words:\n"
              + tail());
    }
    var request = HttpRequest.newBuilder(uri()).timeout(ANSWER_DEADLINE).build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        return false;
      }
      status = Json.parse(response.body());
      return true;
    } catch (IOException e) {
      // Not up yet, or busy: the caller's own deadline decides when that is too long.
      return false;
    }
  }

  /**
   * Lets a trader begin.
   *
   * @throws DemoException if it does not take the word
   */
  void begin(HttpClient http) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(uri().resolve(role.path + "/start"))
            .timeout(ANSWER_DEADLINE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      int code = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (code != 200) {
        throw new DemoException(name + " does not begin: HTTP " + code);
      }
    } catch (IOException e) {
      throw new DemoException(name + " does not begin: " + e);
    }
  }

  /** Ends the process at once, as a power cut would (SIGKILL), and waits until it is gone. */
  void kill() throws InterruptedException {
    killed = true;
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  /** Asks the process to end; returns at once. */
  void stop() {
    process.destroy();
  }

  /** Waits for the process to end; when the time is over, kills it. */
  void awaitStopped(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines of its log. */
  String tail() {
    try {
      List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
