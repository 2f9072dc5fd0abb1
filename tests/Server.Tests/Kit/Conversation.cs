using Federated.Protos.V1;
using Federated.Server.Transport.Seam;

namespace Server.Tests.Kit;

/// <summary>A control stream driven message by message.</summary>
sealed class Conversation(IMessageStream<ServerMessage, ClientMessage> stream)
{
    public static async Task<Conversation> OpenAsync(ServerKit server, SyntheticClient client, Action<Hello>? change = null)
    {
        var conversation = new Conversation(server.Wire.Connect(client.Token, CancellationToken.None));
        var hello = client.Hello();
        change?.Invoke(hello);
        await conversation.SayAsync(new ClientMessage { Hello = hello });
        return conversation;
    }

    public Task SayAsync(ClientMessage message) => stream.WriteAsync(message, CancellationToken.None).DefaultTimeout();

    /// <summary>The next message; null at the end.</summary>
    public Task<ServerMessage?> HearAsync() => stream.ReadAsync(CancellationToken.None).DefaultTimeout();

    /// <summary>Reads on until a message of one kind.</summary>
    public async Task<ServerMessage> HearAsync(ServerMessage.MessageOneofCase kind)
    {
        while (await HearAsync() is { } message)
        {
            if (message.MessageCase == kind)
                return message;
        }
        throw new InvalidOperationException($"The stream ended before {kind}.");
    }

    /// <summary>Joins the first run offered and answers the first training assignment.</summary>
    public async Task<Assignment> JoinAsync(SyntheticClient client)
    {
        var welcome = await HearAsync(ServerMessage.MessageOneofCase.Welcome);
        await SayAsync(new ClientMessage { Join = client.Join(welcome.Welcome.Runs[0]) });
        return (await HearAsync(ServerMessage.MessageOneofCase.Assignment)).Assignment;
    }
}
