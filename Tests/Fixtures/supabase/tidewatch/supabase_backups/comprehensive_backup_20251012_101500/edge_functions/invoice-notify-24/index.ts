import { serve } from "../_shared/serve.ts";

// invoice-notify-24
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "invoice-notify-24", id }));
});
