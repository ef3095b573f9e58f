// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;

/** Cards that do everything right but one thing. */
final class Dishonest {
    private Dishonest() {}

    /** Answers a call, in its own way or honestly. */
    interface Answer {
        Object to(Call call) throws Exception;
    }

    /** Something that is to be done. */
    static final class Call {
        private final Object honest;
        private final Method method;
        private final Object[] arguments;

        Call(Object honest, Method method, Object[] arguments) {
            this.honest = honest;
            this.method = method;
            this.arguments = arguments;
        }

        Object[] arguments() {
            return arguments;
        }

        /** Whether it is a method of this name whose first arguments are these numbers. */
        boolean is(String name, long... numbers) {
            boolean same = method.getName().equals(name);
            for (int i = 0; same && i < numbers.length; i++) {
                same = ((Number) arguments[i]).longValue() == numbers[i];
            }
            return same;
        }

        long number(int argument) {
            return ((Number) arguments[argument]).longValue();
        }

        Object honestly() throws Exception {
            try {
                return method.invoke(honest, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }
    }

    /** Changes bytes in place, on their way between the card and guest memory. */
    interface Spoiler {
        void spoil(long address, byte[] bytes);
    }

    /** The same object, but for what the answer does otherwise. */
    private static <T> T like(Class<T> type, T honest, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(new Call(honest, method, arguments))));
    }

    /** With other registers. */
    static CardFactory registers(Answer answer) {
        return (host, options, backend) ->
                like(PciFunction.class, new VirtioSoundPlugin().create(host, options, backend), answer);
    }

    /** With one register that reads as something else after some honest reads. */
    static CardFactory register(int bar, long offset, int size, int honestReads, long value) {
        int[] reads = {0};
        return registers(call -> {
            if (bar < 0 && call.is("readConfig", offset, size)) {
                return (int) value;
            }
            return call.is("readBar", bar, offset, size) && reads[0]++ >= honestReads
                    ? (Object) value
                    : call.honestly();
        });
    }

    /** With other interrupts. */
    static CardFactory interrupts(Answer answer) {
        return (host, options, backend) -> new VirtioSoundPlugin()
                .create(
                        new OtherHost(host, host.memory(), like(PciInterrupts.class, host.interrupts(), answer)),
                        options,
                        backend);
    }

    /** That writes other bytes. */
    static CardFactory writes(Spoiler spoiler) {
        return memory(memory -> new SpoiltMemory(memory, spoiler, (address, bytes) -> {}));
    }

    /** That takes other bytes for those it reads. */
    static CardFactory reads(Spoiler spoiler) {
        return memory(memory -> new SpoiltMemory(memory, (address, bytes) -> {}, spoiler));
    }

    /** Something done to guest memory. */
    interface Access {
        void to(GuestMemory memory) throws GuestMemoryException;
    }

    /** That does something as soon as it has given back a chain with so many bytes written. */
    static CardFactory afterUsed(int length, Access access) {
        AtomicBoolean armed = new AtomicBoolean();
        return memory(memory -> new SpoiltMemory(
                memory,
                (address, bytes) -> {
                    if (bytes.length == 8 && bytes[4] == (byte) length && bytes[6] == (byte) (length >>> 16)) {
                        armed.set(true);
                    }
                },
                (address, bytes) -> {},
                () -> {
                    if (armed.getAndSet(false)) {
                        try {
                            access.to(memory);
                        } catch (GuestMemoryException e) {
                            assertThat(e).isNotNull(); // refused, and that is on record
                        }
                    }
                }));
    }

    private static CardFactory memory(UnaryOperator<GuestMemory> spoilt) {
        return (host, options, backend) -> new VirtioSoundPlugin()
                .create(new OtherHost(host, spoilt.apply(host.memory()), host.interrupts()), options, backend);
    }

    /** Writes frames to an honest sink in its own way. */
    interface Writer {
        int write(AudioSink honest, ByteBuffer frames);
    }

    /** That does something else when it hands frames to the host. */
    static CardFactory sinks(Writer writer) {
        return backend("openSink", opened -> {
            AudioSink honest = (AudioSink) opened;
            return like(
                    AudioSink.class,
                    honest,
                    call -> call.is("write")
                            ? (Object) writer.write(honest, (ByteBuffer) call.arguments()[0])
                            : call.honestly());
        });
    }

    /** That changes what it has recorded: bytes from 0 to the position. */
    static CardFactory sources(Consumer<ByteBuffer> spoiler) {
        return backend(
                "openSource",
                opened -> like(AudioSource.class, (AudioSource) opened, call -> {
                    Object frames = call.honestly();
                    if (call.is("read")) {
                        spoiler.accept((ByteBuffer) call.arguments()[0]);
                    }
                    return frames;
                }));
    }

    private static CardFactory backend(String opening, UnaryOperator<Object> difference) {
        return (host, options, backend) -> new VirtioSoundPlugin()
                .create(
                        host,
                        options,
                        like(
                                AudioBackend.class,
                                backend,
                                call -> call.is(opening) ? difference.apply(call.honestly()) : call.honestly()));
    }

    /** That is made with another option than the replay wants. */
    static CardFactory option(String name, String value) {
        return (host, options, backend) -> {
            Map<String, String> others = new HashMap<>(options);
            others.put(name, value);
            return new VirtioSoundPlugin().create(host, others, backend);
        };
    }

    private record OtherHost(Host host, GuestMemory memory, PciInterrupts interrupts) implements Host {
        @Override
        public DeviceThread thread() {
            return host.thread();
        }

        @Override
        public <T> Optional<T> ability(Class<T> type) {
            return Optional.empty();
        }
    }

    private record SpoiltMemory(GuestMemory memory, Spoiler onWrite, Spoiler onRead, Runnable afterStore)
            implements GuestMemory {
        SpoiltMemory(GuestMemory memory, Spoiler onWrite, Spoiler onRead) {
            this(memory, onWrite, onRead, () -> {});
        }

        @Override
        public void read(long address, ByteBuffer dst) throws GuestMemoryException {
            byte[] bytes = new byte[dst.remaining()];
            memory.read(address, ByteBuffer.wrap(bytes));
            onRead.spoil(address, bytes);
            dst.put(bytes);
        }

        @Override
        public void write(long address, ByteBuffer src) throws GuestMemoryException {
            byte[] bytes = new byte[src.remaining()];
            src.get(bytes);
            onWrite.spoil(address, bytes);
            memory.write(address, ByteBuffer.wrap(bytes));
        }

        @Override
        public short loadAcquire16(long address) throws GuestMemoryException {
            return memory.loadAcquire16(address);
        }

        @Override
        public void storeRelease16(long address, short value) throws GuestMemoryException {
            memory.storeRelease16(address, value);
            afterStore.run();
        }
    }
}
