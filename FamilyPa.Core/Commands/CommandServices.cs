using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Commands;

public static class CommandServices
{
    /// <summary>What members ask for in the chat.</summary>
    public static IServiceCollection AddCommands(this IServiceCollection services) => services.AddSingleton<ChatCommands>();
}
