package io.mosaik.spring.boot;

import static io.mosaik.spring.boot.TestContext.runner;
import static org.assertj.core.api.Assertions.assertThat;

import io.mosaik.Network;
import io.mosaik.spring.boot.TestContext.Other;
import io.mosaik.spring.boot.TestContext.Tick;
import io.mosaik.streams.Consumer;
import io.mosaik.streams.Producer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MosaikInjectionTest {

  @Test
  void a_constructor_gets_them_by_their_generic_type() {
    runner()
        .withBean(ByConstructor.class)
        .run(context -> {
          ByConstructor bean = context.getBean(ByConstructor.class);
          Network network = context.getBean(Network.class);
          assertThat(bean.ticks).isSameAs(network.streams().produce(Tick.class));
          assertThat(bean.others).isSameAs(network.streams().produce(Other.class));
          assertThat(bean.consumed.stream()).isEqualTo(bean.ticks.stream());
        });
  }

  @Test
  void a_field_and_a_setter_get_them_too() {
    runner()
        .withBean(ByFieldAndSetter.class)
        .run(context -> {
          ByFieldAndSetter bean = context.getBean(ByFieldAndSetter.class);
          Network network = context.getBean(Network.class);
          assertThat(bean.ticks).isSameAs(network.streams().produce(Tick.class));
          assertThat(Objects.requireNonNull(bean.others).stream())
              .isEqualTo(network.streams().produce(Other.class).stream());
        });
  }

  @Test
  void a_provider_and_an_optional_get_them_too() {
    runner()
        .withBean(ByProvider.class)
        .run(context -> {
          ByProvider bean = context.getBean(ByProvider.class);
          Network network = context.getBean(Network.class);
          assertThat(network.streams().producers()).extracting(Producer::name).hasSize(1);
          assertThat(bean.others).containsSame(network.streams().produce(Other.class));
          assertThat(bean.ticks.getObject()).isSameAs(network.streams().produce(Tick.class));
          assertThat(bean.ticks.getIfAvailable()).isSameAs(network.streams().produce(Tick.class));
        });
  }

  @Test
  void a_parameter_of_a_bean_method_gets_them_too() {
    runner()
        .withUserConfiguration(ByBeanMethod.class)
        .run(context ->
            assertThat(context.getBean(ByConstructor.class).ticks)
                .isSameAs(context.getBean(Network.class).streams().produce(Tick.class)));
  }

  @Test
  void each_consumer_is_another_and_each_producer_the_same() {
    runner()
        .withBean("first", ByConstructor.class)
        .withBean("second", ByConstructor.class)
        .run(context -> {
          ByConstructor first = context.getBean("first", ByConstructor.class);
          ByConstructor second = context.getBean("second", ByConstructor.class);
          assertThat(second.ticks).isSameAs(first.ticks);
          assertThat(second.consumed).isNotSameAs(first.consumed);
        });
  }

  @Test
  void a_producer_of_the_users_own_wins_for_its_type_and_no_other() {
    runner()
        .withUserConfiguration(OwnProducer.class)
        .withBean(ByConstructor.class)
        .run(context -> {
          ByConstructor bean = context.getBean(ByConstructor.class);
          assertThat(bean.ticks).isSameAs(context.getBean("ownTicks"));
          assertThat(bean.others.stream()).isNotEqualTo(bean.ticks.stream());
        });
  }

  @Test
  void a_producer_of_nothing_in_particular_fails_with_a_sentence() {
    runner()
        .withBean(OfAnything.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("names no datum; declare its class, as Producer<Order>"));
  }

  static final class ByConstructor {

    final Producer<Tick> ticks;
    final Producer<Other> others;
    final Consumer<Tick> consumed;

    ByConstructor(Producer<Tick> ticks, Producer<Other> others, Consumer<Tick> consumed) {
      this.ticks = ticks;
      this.others = others;
      this.consumed = consumed;
    }
  }

  static final class ByFieldAndSetter {

    @Autowired @Nullable Producer<Tick> ticks;
    @Nullable Consumer<Other> others;

    @Autowired
    void setOthers(Consumer<Other> others) {
      this.others = others;
    }
  }

  static final class ByProvider {

    final ObjectProvider<Producer<Tick>> ticks;
    final Optional<Producer<Other>> others;

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a way in which Spring injects
    ByProvider(ObjectProvider<Producer<Tick>> ticks, Optional<Producer<Other>> others) {
      this.ticks = ticks;
      this.others = others;
    }
  }

  static final class OfAnything {

    OfAnything(Producer<?> producer) {
      throw new AssertionError("no such producer: " + producer);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ByBeanMethod {

    @Bean
    ByConstructor made(Producer<Tick> ticks, Producer<Other> others, Consumer<Tick> consumed) {
      return new ByConstructor(ticks, others, consumed);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnProducer {

    @Bean
    Producer<Tick> ownTicks(Network network) {
      return network.streams().producer(Tick.class).bufferSize(7).build();
    }
  }
}
