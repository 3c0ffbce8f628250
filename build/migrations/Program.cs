using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Streaming.Migrations;
using Streaming.Platform.Modules;

if (args is not [var name, var migration, var root])
{
    Console.Error.WriteLine("usage: build/migrate MODULE NAME");
    return 2;
}

var assembly = Assembly.Load($"Streaming.{name}");
// What the platform keeps of itself is where the dial's decisions are made.
var (project, folder) = name == "Platform"
    ? (Path.Combine(root, "src", "Streaming.Platform"), "Dial/Decisions/Migrations")
    : (Path.Combine(root, "src", "Modules", name, $"Streaming.{name}"), "Data/Migrations");
var module = name == "Platform" ? null : (IModule)Activator.CreateInstance(assembly.GetExportedTypes().Single(t => t.IsAssignableTo(typeof(IModule))))!;
var contexts = assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(DbContext))).OrderByDescending(t => t.Name).ToArray();
if (contexts.Length != 2)
{
    Console.Error.WriteLine($"{name} has {contexts.Length} contexts, where there should be one a provider; nothing was written.");
    return 1;
}

using var data = new TemporaryFolder();
foreach (var type in contexts)
    foreach (var file in ModuleScaffold.Write(module, type, migration, project, folder, data.Path))
        Console.WriteLine(Path.GetRelativePath(root, file));
return 0;
