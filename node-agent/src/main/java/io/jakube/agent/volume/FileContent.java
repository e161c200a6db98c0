package io.jakube.agent.volume;

/**
 * One file of a volume.
 *
 * @param mode permission bits
 */
record FileContent(byte[] data, int mode) {}
