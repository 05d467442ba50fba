package io.mosaik.sim;

import io.mosaik.transport.Address;
import io.mosaik.transport.CloseReason;
import io.mosaik.transport.Connection;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.RecordingHandler;
import io.mosaik.wire.Frame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A node that accepts connections of one protocol and keeps what it hears. */
final class TestPeer {

  static final String ALPN = "/test/sim";
  static final int LIMIT = 4 * 1024 * 1024;

  private final String name;
  private final Endpoint endpoint;
  private final List<RecordingHandler> accepted = new ArrayList<>();
  private boolean echoes;

  private TestPeer(String name, Endpoint endpoint) {
    this.name = name;
    this.endpoint = endpoint;
  }

  static TestPeer on(World world, String name) {
    Endpoint endpoint =
        world.host(name).open(world.node(name).key(), new Address("0.0.0.0", 4000), List.of());
    var peer = new TestPeer(name, endpoint);
    endpoint.listen(
        ALPN,
        LIMIT,
        () -> {
          var handler =
              new RecordingHandler() {
                @Override
                protected void onReceived(Connection from, byte[] payload) {
                  if (peer.echoes) {
                    from.send(Frame.of(payload));
                  }
                }
              };
          peer.accepted.add(handler);
          return handler;
        });
    return peer;
  }

  TestPeer echoing() {
    echoes = true;
    return this;
  }

  String name() {
    return name;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  List<RecordingHandler> accepted() {
    return accepted;
  }

  RecordingHandler dialAndGreet(TestPeer to, String greeting) {
    var handler =
        new RecordingHandler() {
          @Override
          protected void onOpened(Connection opened) {
            opened.send(text(greeting));
          }
        };
    endpoint.dial(to.endpoint.addresses().getFirst(), to.endpoint.peerId(), ALPN, LIMIT, handler);
    return handler;
  }

  static Frame text(String text) {
    return Frame.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static boolean isLost(RecordingHandler handler) {
    return handler.isClosed() && handler.reason().is(CloseReason.CONNECTION_LOST);
  }
}
