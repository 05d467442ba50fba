package io.mosaik.durable.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cuts between hosts cut what they say, and nothing else. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class NamespaceHostsIT {

  private static final int HOSTS = 3;

  private @Nullable NamespaceHosts made;
  private final List<Speaker> speakers = new ArrayList<>();

  @BeforeEach
  void speakersThatHearEachOther() throws Exception {
    made = NamespaceHosts.make(HOSTS);
    assumeTrue(made != null, "this machine allows no network namespaces: it takes root and ip");
    for (int i = 0; i < HOSTS; i++) {
      speakers.add(new Speaker(hosts(), i));
    }
    for (Speaker speaker : speakers) {
      speaker.awaitWord("ready");
    }
    for (int from = 0; from < HOSTS; from++) {
      for (int to = 0; to < HOSTS; to++) {
        sayUntilHeard(from, to, "hello from " + from);
      }
    }
  }

  private NamespaceHosts hosts() {
    return Objects.requireNonNull(made);
  }

  @AfterEach
  void removed() throws IOException {
    speakers.forEach(Speaker::close);
    if (made != null) {
      made.close();
    }
  }

  @Test
  void what_one_host_sends_to_another_is_lost_and_the_way_back_is_open() throws Exception {
    hosts().cut(0, 1);
    speakers.get(0).say("a");
    sayUntilHeard(0, 2, "b");
    sayUntilHeard(1, 0, "c");

    hosts().mend();
    sayUntilHeard(0, 1, "d");

    assertThat(speakers.get(1).heard()).doesNotContain("a", "b");
    assertThat(speakers.get(2).heard()).contains("a", "b");
    assertThat(speakers.get(0).heard()).noneMatch(word -> word.startsWith("error"));
  }

  @Test
  void a_host_without_its_cable_hears_nobody_and_is_heard_by_nobody() throws Exception {
    hosts().unplug(2);
    speakers.get(2).say("a");
    speakers.get(2).awaitWord("said a");
    sayUntilHeard(0, 1, "b");
    sayUntilHeard(1, 0, "c");
    assertThat(speakers.get(0).heard()).doesNotContain("a");
    assertThat(speakers.get(1).heard()).doesNotContain("a");

    hosts().mend();
    sayUntilHeard(0, 2, "d");
    sayUntilHeard(2, 0, "e");
    assertThat(speakers.get(2).heard()).doesNotContain("b", "c");
  }

  private void sayUntilHeard(int from, int to, String word) throws Exception {
    if (from == to) {
      return;
    }
    while (!speakers.get(to).heard().contains(word)) {
      speakers.get(from).say(word);
      Thread.sleep(20);
    }
  }

  /** A process on a host that says words to all others. */
  private static final class Speaker implements AutoCloseable {

    private final Process process;
    private final Writer input;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    Speaker(Hosts hosts, int host) throws IOException {
      var command = new ArrayList<>(hosts.prefix(host));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
      command.add(System.getProperty("java.class.path"));
      command.add(WordsMain.class.getName());
      command.add(hosts.address(host));
      for (int other = 0; other < hosts.count(); other++) {
        if (other != host) {
          command.add(hosts.address(other));
        }
      }
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      input = process.outputWriter(StandardCharsets.UTF_8);
      Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        output.lines().forEach(heard::add);
      } catch (IOException | UncheckedIOException e) {
        // it was killed
      }
    }

    void say(String word) throws IOException {
      input.write(word + "\n");
      input.flush();
    }

    void awaitWord(String word) throws InterruptedException {
      while (!heard.contains(word)) {
        Thread.sleep(20);
      }
    }

    List<String> heard() {
      return List.copyOf(heard);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
