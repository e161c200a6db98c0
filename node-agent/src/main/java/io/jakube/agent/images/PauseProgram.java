package io.jakube.agent.images;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The first process of every pod sandbox, as a static Linux executable of about 200 bytes.
 *
 * <p>As process 1 it must not rely on default signal actions (the kernel ignores them there) and must reap orphans when the pod shares its
 * process namespace. So it blocks SIGINT, SIGTERM and SIGCHLD and loops: reap all that ended, then wait for one of them; SIGINT or SIGTERM exit with 0.
 * A blocked signal stays pending, so none that comes between reaping and waiting is lost.
 *
 * <pre>
 *   start: rt_sigprocmask(SIG_BLOCK, &amp;mask, NULL, 8)
 *   reap:  while (wait4(-1, NULL, WNOHANG, NULL) &gt; 0) {}
 *          s = rt_sigtimedwait(&amp;mask, NULL, NULL, 8)
 *          if (s != SIGINT &amp;&amp; s != SIGTERM) goto reap
 *   quit:  exit_group(0)
 *   mask:  1 &lt;&lt; (SIGINT-1) | 1 &lt;&lt; (SIGTERM-1) | 1 &lt;&lt; (SIGCHLD-1)
 * </pre>
 */
final class PauseProgram {
    private static final long LOAD_ADDRESS = 0x400000;
    private static final int ELF_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final short MACHINE_X86_64 = 62;
    private static final short MACHINE_AARCH64 = 183;
    private static final long SIGNAL_MASK = 1L << 1 | 1L << 14 | 1L << 16;

    /** Length is a multiple of 8; the mask follows at offset 0x58. */
    private static final String X86_64 = """
            48 8d 35 51 00 00 00   lea  mask(%rip), %rsi
            31 ff                  xor  %edi, %edi            SIG_BLOCK
            31 d2                  xor  %edx, %edx
            6a 08                  push $8
            41 5a                  pop  %r10
            6a 0e                  push $14                   rt_sigprocmask
            58                     pop  %rax
            0f 05                  syscall
            6a ff                  reap: push $-1
            5f                     pop  %rdi
            31 f6                  xor  %esi, %esi
            6a 01                  push $1                    WNOHANG
            5a                     pop  %rdx
            45 31 d2               xor  %r10d, %r10d
            6a 3d                  push $61                   wait4
            58                     pop  %rax
            0f 05                  syscall
            85 c0                  test %eax, %eax
            7f ec                  jg   reap
            48 8d 3d 29 00 00 00   lea  mask(%rip), %rdi
            31 f6                  xor  %esi, %esi
            31 d2                  xor  %edx, %edx
            6a 08                  push $8
            41 5a                  pop  %r10
            b8 80 00 00 00         mov  $128, %eax            rt_sigtimedwait
            0f 05                  syscall
            83 f8 02               cmp  $2, %eax              SIGINT
            74 05                  je   quit
            83 f8 0f               cmp  $15, %eax             SIGTERM
            75 cc                  jne  reap
            31 ff                  quit: xor %edi, %edi
            b8 e7 00 00 00         mov  $231, %eax            exit_group
            0f 05                  syscall
            0f 1f 80 00 00 00 00   nop
            """;

    /** Words in memory order; the mask follows at offset 0x70. */
    private static final String AARCH64 = """
            81 03 00 10            adr  x1, mask
            00 00 80 d2            mov  x0, #0                SIG_BLOCK
            02 00 80 d2            mov  x2, #0
            03 01 80 d2            mov  x3, #8
            e8 10 80 d2            mov  x8, #135              rt_sigprocmask
            01 00 00 d4            svc  #0
            00 00 80 92            reap: mov x0, #-1
            01 00 80 d2            mov  x1, #0
            22 00 80 d2            mov  x2, #1                WNOHANG
            03 00 80 d2            mov  x3, #0
            88 20 80 d2            mov  x8, #260              wait4
            01 00 00 d4            svc  #0
            1f 00 00 71            cmp  w0, #0
            2c ff ff 54            b.gt reap
            c0 01 00 10            adr  x0, mask
            01 00 80 d2            mov  x1, #0
            02 00 80 d2            mov  x2, #0
            03 01 80 d2            mov  x3, #8
            28 11 80 d2            mov  x8, #137              rt_sigtimedwait
            01 00 00 d4            svc  #0
            1f 08 00 71            cmp  w0, #2                SIGINT
            60 00 00 54            b.eq quit
            1f 3c 00 71            cmp  w0, #15               SIGTERM
            e1 fd ff 54            b.ne reap
            00 00 80 d2            quit: mov x0, #0
            c8 0b 80 d2            mov  x8, #94               exit_group
            01 00 00 d4            svc  #0
            1f 20 03 d5            nop
            """;

    private PauseProgram() {}

    /** The executable file's bytes; the same for the same architecture always. */
    static byte[] executable(Architecture architecture) {
        return switch (requireNonNull(architecture, "architecture is null")) {
            case AMD64 -> elf(MACHINE_X86_64, assemble(X86_64));
            case ARM64 -> elf(MACHINE_AARCH64, assemble(AARCH64));
        };
    }

    private static byte[] assemble(String listing) {
        StringBuilder hex = new StringBuilder();
        listing.lines().forEach(line -> hex.append(line.substring(0, Math.min(line.length(), 22)).replace(" ", "")));
        return HexFormat.of().parseHex(hex);
    }

    /** One segment, readable and executable, holding the headers, the code and the mask. */
    private static byte[] elf(short machine, byte[] code) {
        int length = ELF_HEADER + PROGRAM_HEADER + code.length + Long.BYTES;
        ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        file.putShort((short) 2).putShort(machine).putInt(1); // executable, version 1
        file.putLong(LOAD_ADDRESS + ELF_HEADER + PROGRAM_HEADER).putLong(ELF_HEADER).putLong(0); // entry, program headers, no sections
        file.putInt(0).putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
        file.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        file.putInt(1).putInt(5).putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS); // PT_LOAD, r-x
        file.putLong(length).putLong(length).putLong(0x10000);
        file.put(code).putLong(SIGNAL_MASK);
        return file.array();
    }
}
