using System.CommandLine;
using FamilyPa.Cli;

var root = new RootCommand("familypa: what an operator does with Family PA from a shell.") { MigrateCommand.Create() };
return await root.Parse(args).InvokeAsync();
