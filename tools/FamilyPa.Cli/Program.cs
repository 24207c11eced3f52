FamilyPa.Core.Storage.Migrator.Run(args[0], Console.WriteLine);
