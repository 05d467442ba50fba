package io.mosaik.sample.matcher;

import io.mosaik.sample.Fill;
import io.mosaik.streams.Producer;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A producer that remembers what it was given, and says what the test wants it to say. */
final class RecordingProducer {

  final List<Fill> sent = new ArrayList<>();
  final Deque<Producer.SendResult> results = new ArrayDeque<>();

  @SuppressWarnings("unchecked")
  Producer<Fill> producer() {
    return (Producer<Fill>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "trySend" -> trySend((Fill) args[0]);
                  case "send" -> {
                    sent.add((Fill) args[0]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Producer.SendResult trySend(Fill fill) {
    Producer.SendResult result =
        results.isEmpty() ? Producer.SendResult.SENT : results.removeFirst();
    if (result == Producer.SendResult.SENT) {
      sent.add(fill);
    }
    return result;
  }
}
