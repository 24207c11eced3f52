using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Chat;

public static class CommandServices
{
    /// <summary>Registers the chat commands.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services) => services.AddSingleton<ChatCommands>();
}
