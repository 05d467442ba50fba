package io.mosaik.spring.listener;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that is called with each datum of a stream. The method has one parameter: the
 * datum, or {@link io.mosaik.streams.Received} of it, which also tells the producer.
 *
 * <p>The method runs on a thread of the listener's own, which may block; meanwhile datums wait in
 * the listener's buffer, then at their producers. A producer's {@link
 * io.mosaik.streams.SlowConsumerPolicy} policy says what happens there: by default a listener that
 * falls the producer's whole buffer behind is disconnected (10413), comes back by itself, and
 * misses the datums in between; only under {@code BLOCK} is the producer held back. An exception
 * goes to the {@link MosaikListenerErrorHandler}, and the next datum follows. When the application
 * stops, the method is called with what was received till then, for 10 seconds at most; then its
 * thread is interrupted.
 *
 * {@snippet :
 * @MosaikListener(tags = "trader")
 * void on(Order order) { ... }
 * }
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface MosaikListener {

  /** The listener's name in logs, metrics and the registry; bean and method name if empty. */
  String id() default "";

  /** The stream's name, if it is not the one of the datum's type. Placeholders are resolved. */
  String stream() default "";

  /** Subscribes only to producers that announce all of these tags. Placeholders are resolved. */
  String[] tags() default {};

  /**
   * Subscribes only to producers whose round-trip time is less, as {@code 20ms} ({@link
   * io.mosaik.streams.ConsumerBuilder#rttBelow}). A placeholder is resolved; any distance if empty.
   */
  String rttBelow() default "";

  /**
   * The names of beans of type {@link io.mosaik.tickets.TicketValidator}: subscribes only to
   * producers that carry a good ticket of each. Placeholders are resolved.
   */
  String[] requireTicket() default {};

  /**
   * The name of a bean of type {@link io.mosaik.streams.criteria.Criteria}: only datums that
   * satisfy it are asked for, the others don't travel. A placeholder is resolved; all datums if
   * empty.
   */
  String criteria() default "";

  /**
   * The name under which it shares the datums with other listeners and consumers, of this and other
   * applications: each datum goes to one of them. Placeholders are resolved; it gets all if empty.
   */
  String shared() default "";

  /**
   * How many datums are worked on at a time; a number or a placeholder. With more than 1 the order
   * of a producer's datums is lost.
   */
  String concurrency() default "1";

  /**
   * How many datums may wait for the method; producers send no more than fits, and keep what
   * doesn't as their policy for slow consumers says. A number or a placeholder, the consumer's own
   * default if empty.
   */
  String bufferSize() default "";

  /**
   * Where it begins with each producer, {@code now} or {@code earliest}: with the oldest datum that
   * the producer keeps ({@link io.mosaik.streams.Start}). A placeholder is resolved. A listener
   * that shares can't have {@code earliest}: it fails at its start.
   */
  String from() default "now";

  /**
   * Whether it wants, after an interruption, what was sent meanwhile, as far as the producer keeps
   * it: {@code true}, {@code false} or a placeholder.
   */
  String resume() default "true";

  /** Whether it starts with the application; else by {@link MosaikListenerRegistry#start}. */
  boolean autoStartup() default true;
}
