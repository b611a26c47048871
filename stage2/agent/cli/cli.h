/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XENPXE_CLI_CLI_H
#define XENPXE_CLI_CLI_H

/**
 * cli_plan() - "xenpxe-agent plan": what would a guest boot? See man/xenpxe-agent.8.
 * @argc, @argv: what follows the word "plan"
 *
 * Prints the answer on standard output, everything else on standard error.
 *
 * Return: the exit status: 0, or a class of util/error.h.
 */
int cli_plan(int argc, char **argv);

#endif
