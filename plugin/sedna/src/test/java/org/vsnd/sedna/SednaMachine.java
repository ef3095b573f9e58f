// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import li.cil.sedna.api.device.Device;
import li.cil.sedna.api.device.MemoryMappedDevice;
import li.cil.sedna.api.device.PhysicalMemory;
import li.cil.sedna.api.devicetree.DeviceTree;
import li.cil.sedna.api.devicetree.DeviceTreeProvider;
import li.cil.sedna.api.memory.MemoryMap;
import li.cil.sedna.device.memory.Memory;
import li.cil.sedna.device.serial.UART16550A;
import li.cil.sedna.devicetree.DeviceTreeRegistry;
import li.cil.sedna.riscv.R5Board;
import org.vsnd.cli.boot.GuestParts;

/** A board with memory, a serial console and a Linux guest, as fast as it will go. One thread. */
final class SednaMachine implements AutoCloseable {
    private static final long MEMORY_ADDRESS = 0x8000_0000L;
    private static final int MEMORY_BYTES = 512 << 20;
    private static final int KERNEL_OFFSET = 0x20_0000; // where the firmware jumps to
    private static final int INITRD_OFFSET = 0x800_0000;
    private static final int CONSOLE_INTERRUPT = 10;
    private static final int STEP_CYCLES = 10_000;

    private final R5Board board = new R5Board();
    private final UART16550A console = new UART16550A();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PhysicalMemory memory = Memory.create(MEMORY_BYTES);
    private final long initrdBytes;

    SednaMachine(GuestParts parts, Path initrd) throws IOException {
        board.addDevice(MEMORY_ADDRESS, memory);
        console.getInterrupt().set(CONSOLE_INTERRUPT, board.getInterruptController());
        board.addDevice(console);
        board.setStandardOutputDevice(console);
        board.setBootArguments("console=ttyS0 quiet panic=-1");
        load(parts.firmware(), 0);
        load(parts.kernel(), KERNEL_OFFSET);
        load(initrd, INITRD_OFFSET);
        initrdBytes = Files.size(initrd);
        board.addDevice(0x2000_0000L, new InitrdNode());
        DeviceTreeRegistry.putProvider(InitrdNode.class, new InitrdNode.Node());
    }

    private void load(Path file, int offset) throws IOException {
        memory.store(offset, ByteBuffer.wrap(Files.readAllBytes(file)));
    }

    R5Board board() {
        return board;
    }

    /** Boots and waits until the guest has switched itself off; gives all that it wrote on the console. */
    String run(Duration limit) throws Exception {
        board.initialize();
        board.setRunning(true);
        long startNanos = System.nanoTime();
        while (board.isRunning()) {
            board.step(STEP_CYCLES);
            for (int character = console.read(); character != -1; character = console.read()) {
                written.write(character);
            }
            if (System.nanoTime() - startNanos > limit.toNanos()) {
                throw new AssertionError("the guest takes longer than " + limit + ":\n" + text());
            }
        }
        return text();
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        try {
            memory.close();
        } catch (Exception e) {
            throw new IOException("Sedna cannot free the guest's memory", e);
        }
    }

    /** Tells the kernel where its initial RAM disk is: Sedna itself does not. */
    private final class InitrdNode implements MemoryMappedDevice {
        @Override
        public int getLength() {
            return 8;
        }

        @Override
        public long load(int offset, int sizeLog2) {
            return 0;
        }

        @Override
        public void store(int offset, long value, int sizeLog2) {}

        private long end() {
            return MEMORY_ADDRESS + INITRD_OFFSET + initrdBytes;
        }

        static final class Node implements DeviceTreeProvider {
            @Override
            public Optional<String> getName(Device device) {
                return Optional.of("chosen");
            }

            @Override
            public Optional<DeviceTree> createNode(DeviceTree root, MemoryMap map, Device device, String name) {
                return Optional.of(root.getChild(name));
            }

            @Override
            public void visit(DeviceTree node, MemoryMap map, Device device) {
                node.addProp("linux,initrd-start", MEMORY_ADDRESS + INITRD_OFFSET)
                        .addProp("linux,initrd-end", ((InitrdNode) device).end());
            }
        }
    }
}
