import { serve } from "../_shared/serve.ts";

// mail-notify-34
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "mail-notify-34", id }));
});
