package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.SOON;
import static io.mosaik.spring.boot.TestContext.nodeBeside;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.spring.listener.MosaikListener;
import io.mosaik.spring.listener.MosaikListenerRegistry;
import io.mosaik.streams.Producer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What starts before what, and stops after what, in a web application that is under way. */
@ResourceLock("logging") // an application sets it up anew
class MosaikLifecycleTest {

  @Test
  void a_request_under_way_can_still_send_and_listeners_end_before_the_network() throws Exception {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(WebApplication.class)
            .run(
                "--mosaik.network=" + TestContext.NETWORK,
                "--mosaik.bind=127.0.0.1:0",
                "--server.port=0",
                "--server.shutdown=graceful");
    Recorder recorder = context.getBean(Recorder.class);
    Network network = context.getBean(Network.class);
    String port = context.getEnvironment().getProperty("local.server.port");
    try (Network other = nodeBeside(network);
        HttpClient client = HttpClient.newHttpClient()) {
      Producer<Tick> ticks = other.streams().produce(Tick.class);
      ticks.send(new Tick(1), SOON);
      assertThat(recorder.listenerCalled.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

      CompletableFuture<HttpResponse<String>> response =
          client.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow"))
                  .timeout(SOON)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(recorder.requestBegun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      context.close();

      assertThat(response.get(SOON.toSeconds(), TimeUnit.SECONDS).body())
          .isEqualTo("network open, listener running");
    }
    assertThat(recorder.seen)
        .containsExactly(
            "listeners started before the web server",
            "closing",
            "request answered",
            "listener done, network open",
            "user's bean destroyed, network open");
    assertThat(network.closeAsync().isDone()).isTrue();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({Recorder.class, Slow.class, User.class})
  static class WebApplication {}

  /** Notes what happens, in its order; its listener is busy until the request is answered. */
  static final class Recorder {

    final List<String> seen = new CopyOnWriteArrayList<>();
    final CountDownLatch listenerCalled = new CountDownLatch(1);
    final CountDownLatch requestBegun = new CountDownLatch(1);
    final CountDownLatch closing = new CountDownLatch(1);
    final CountDownLatch requestAnswered = new CountDownLatch(1);
    private final Network network;
    private final MosaikListenerRegistry listeners;

    Recorder(Network network, MosaikListenerRegistry listeners) {
      this.network = network;
      this.listeners = listeners;
    }

    @MosaikListener(id = "recorder")
    void onTick(Tick tick) throws InterruptedException {
      listenerCalled.countDown();
      assertThat(requestAnswered.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      seen.add("listener done, network " + state());
    }

    @EventListener
    void onWebServer(WebServerInitializedEvent event) {
      boolean running = listeners.containers().iterator().next().isRunning();
      seen.add("listeners " + (running ? "started before" : "not started at") + " the web server");
    }

    @EventListener
    void onClosing(ContextClosedEvent event) {
      seen.add("closing");
      closing.countDown();
    }

    String state() {
      try {
        network.streams().produce(Other.class);
        return "open";
      } catch (IllegalStateException e) {
        return "closed";
      }
    }

    boolean listenerRunning() {
      return listeners.containers().iterator().next().isRunning();
    }
  }

  @RestController
  static class Slow {

    private final Recorder recorder;

    Slow(Recorder recorder) {
      this.recorder = recorder;
    }

    @GetMapping("/slow")
    String slow() throws InterruptedException {
      recorder.requestBegun.countDown();
      assertThat(recorder.closing.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      recorder.seen.add("request answered");
      recorder.requestAnswered.countDown();
      return "network "
          + recorder.state()
          + ", listener "
          + (recorder.listenerRunning() ? "running" : "stopped");
    }
  }

  /** A bean that has a producer injected and says goodbye with it. */
  static final class User implements DisposableBean {

    private final Recorder recorder;

    User(Recorder recorder, Producer<Tick> ticks) {
      this.recorder = recorder;
    }

    @Override
    public void destroy() {
      recorder.seen.add("user's bean destroyed, network " + recorder.state());
    }
  }
}
